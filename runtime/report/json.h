// Pieces of JSON, for the formats that are made of it. In: texts, numbers, rows. Out: one line of JSON, numbers as the shortest text that reads back.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "runtime/report/layout.h"

namespace llmsys {

std::string quoted(std::string_view text);

/// `{ "name": value, ..., "infeasible": why }`: a row by column names, in plain units; an infeasible one has its axes and the reason.
std::string json_row(const Sweep& sweep, const std::vector<Field>& fields, const std::vector<std::string>& names, const Row& row);

std::string json_totals(const Totals& totals);

}  // namespace llmsys
