#include <string>

#include "compiler/diag/explain_pages.h"
#include "compiler/diag/render.h"

namespace llmsys {

std::string_view explanation(std::string_view code_id) {
  const std::string name = std::string(code_id) + ".md";
  for (const EmbeddedFile& page : explain_pages())
    if (page.name == name) return page.text;
  return {};
}

}  // namespace llmsys
