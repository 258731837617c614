// This process as one of several. In: what the environment says. Out: the ranks of the job, or nothing for a run of one process.
// Promise: ranks that don't read the same are told so before anything is evaluated.
#pragma once

#include <memory>
#include <string>

#include "compiler/cli/checkpoint.h"
#include "runtime/ranks.h"

namespace llmsys {

/// Null without `error`: nobody started others beside this process.
std::unique_ptr<Ranks> ranks_of_job(std::string& error);

/// Whether all ranks have the same identity; rank 0 alone is given an `error`.
bool agree(Ranks& ranks, const Identity& identity, std::string& error);

/// Of each rank the number that rank 0 has.
uint64_t as_rank_0(Ranks& ranks, uint64_t number);

}  // namespace llmsys
