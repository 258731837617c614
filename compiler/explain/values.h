// Values of a traced evaluation, in which all is known. In: values and their types. Out: numbers, and what a derivation says of them.
#pragma once

#include "compiler/elaborate/evaluator.h"
#include "compiler/explain/derive.h"
#include "compiler/sema/dimension_variables.h"

namespace llmsys {

using Known = const KnownDimensions*;   // of the generic function around an expression

class Values {
 public:
  Values(const Program& program, Evaluator& evaluator, const DeriveOptions& options)
      : program_(program), evaluator_(evaluator), graph_(evaluator.graph()), options_(options) {}

  /// Why it is absent; 0 if it is not.
  uint32_t code(const Value& value) const { return value.failed() || !graph_.is_constant(value.reason) ? 0 : static_cast<uint32_t>(graph_.value(value.reason)); }
  std::string why(uint32_t code) const;
  bool is_number(const Value& value) const { return value.tag == Value::Tag::scalar && graph_.is_constant(value.node) && code(value) == 0; }
  double number(const Value& value) const { return graph_.value(value.node); }
  std::string told(const Value& value, TypeId id, Known known) const;
  void set_value(Derivation& to, const Value& value, TypeId id, Known known) const;

 private:
  const Program& program_;
  Evaluator& evaluator_;
  const Graph& graph_;
  const DeriveOptions& options_;
};

}  // namespace llmsys
