#include "compiler/graph/graph.h"
#include "compiler/graph/meaning.h"

namespace llmsys {

uint32_t operands(Op op) {
  static constexpr uint32_t count[] = {
#define LLMSYS_OP(name, operands, text) operands,
#include "compiler/graph/ops.def"
#undef LLMSYS_OP
  };
  return count[static_cast<uint32_t>(op)];
}

std::string_view text(Op op) {
  static constexpr std::string_view texts[] = {
#define LLMSYS_OP(name, operands, text) text,
#include "compiler/graph/ops.def"
#undef LLMSYS_OP
  };
  return texts[static_cast<uint32_t>(op)];
}

bool is_truth(Op op) {
  switch (op) {
    case Op::less:
    case Op::less_equal:
    case Op::equal:
    case Op::not_equal:
    case Op::both:
    case Op::either:
    case Op::invert:
    case Op::is_finite:
    case Op::is_count: return true;
    default: return false;
  }
}

double apply(Op op, double a, double b, double c) {
  return with_meaning(op, [&](auto meaning) { return meaning(a, b, c); });
}

}  // namespace llmsys
