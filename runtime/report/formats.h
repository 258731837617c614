// The formats that make_writer chooses from; one file each.
#pragma once

#include "runtime/report/sheet.h"

namespace llmsys {

std::string print_table(const Sheet& sheet);
std::string print_markdown(const Sheet& sheet);
std::unique_ptr<Writer> make_csv_writer(Write write, bool several);
std::unique_ptr<Writer> make_json_writer(Write write);

}  // namespace llmsys
