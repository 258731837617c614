// The partial evaluator's inside: expressions to Values over one graph. In: a program, a graph to add nodes to. Out: Values, reasons. For this room, and for explain,
// which has it traced.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>

#include "compiler/diag/diagnostic.h"
#include "compiler/elaborate/elaborate.h"
#include "compiler/elaborate/trace.h"
#include "compiler/graph/derivative.h"

namespace llmsys {

/// A text with values in it, told for one row.
struct TextPiece {
  std::string text;
  std::optional<NodeId> node;
  TypeId type = {};
  std::vector<UnitChoice> units = {};
};

struct ReasonInfo {
  std::string site;                     // the message as written
  std::vector<TextPiece> pieces;
  Span span;
  std::vector<Label> chain;             // what was being evaluated, outermost first
};

class Evaluator {
 public:
  /// What is evaluated is told to `trace`, if there is one.
  Evaluator(const Program& program, Graph& graph, DiagSink& sink, Trace* trace = nullptr);

  Value eval(ExprId expr, const Env& env);
  Value global(DeclId decl);

  // --- presence and numbers (eval_scalar.cpp) ---
  Value number(double value) { return scalar(graph_.constant(value)); }
  Value scalar(NodeId node) { return {.tag = Value::Tag::scalar, .node = node, .reason = zero_}; }
  Value absent(NodeId reason) { return {.tag = Value::Tag::absent, .reason = reason}; }
  Value apply(Op op, const Value& a) { return apply(op, a, a); }
  Value apply(Op op, const Value& a, const Value& b);
  Value divide(Op op, const Value& a, const Value& b, ExprId where);
  Value select(const Value& condition, const Value& yes, const Value& no);
  Value both(const Value& a, const Value& b);
  Value either(const Value& a, const Value& b);
  Value otherwise(const Value& a, const Value& b, ExprId where);
  Value guarded(NodeId reason, Value value);
  NodeId first_reason(NodeId a, NodeId b) { return b == zero_ ? a : graph_.apply(Op::first_reason, a, b); }
  NodeId reason(std::string site, std::vector<TextPiece> pieces, Span span);
  NodeId reason_of(const ast::Text& text, const Env& env, Span span);
  Value check_slot(Value value, TypeId slot, std::string_view name, Span span);
  /// The reason why a number may not be shown or compared: its own, or that it is not finite.
  NodeId finite_reason(const Value& value, TypeId type, std::string_view what, Span span);
  /// The number a list's length or a choice of shape depends on. Nothing: absent, failed, or an axis that must become by-element (see `needed`).
  std::optional<double> known(const Value& value, ExprId where);
  /// The i-th of a list; nothing if there is no such place.
  std::optional<Value> element(const Value& list, uint64_t i);
  /// What depends on a value that is not known: absent as it is, or failed until the axis is gone through by element.
  Value unknown(NodeId why) { return needed_ || stopped_ ? Value{} : absent(why); }

  // --- one value in the place of another (eval_object.cpp) ---
  /// The value that a path names, without the guards of the objects on the way.
  Value at_path(Value base, const std::vector<uint32_t>& path);
  /// `base { path = value }`; without a path the value itself.
  Value with(const Value& base, const std::vector<uint32_t>& path, Value value, ExprId where);
  /// What `body` gives where a top-level name has another value.
  Value where_global_is(DeclId decl, const Value& value, const std::function<Value()>& body);
  /// From now on what depends on the stand-in is decided by its value.
  void decide_by(std::optional<StandIn> stand_in) { stand_in_ = stand_in; }

  // --- written back (write_source.cpp) ---
  /// `for_people`: not to be read again, so rounded and shortened.
  std::optional<std::string> source(const Value& value, TypeId type, size_t indent, std::set<uint32_t>& kinds, bool for_people = false);

  // --- all numbers of a value (numbers_of.cpp) ---
  void add_numbers(const Value& value, TypeId type, std::vector<KnownNumber>& numbers, uint32_t depth, std::optional<uint32_t> only = {});
  std::optional<std::string> told(const Value& value, TypeId type);

  // --- taken apart (facts.cpp) ---
  bool is_plain(ExprId expr) const;
  void facts(const Value& value, TypeId type, std::string path, bool is_given, bool follows, std::vector<Fact>& out);


  // --- texts (eval_text.cpp) ---
  Value text_value(std::string text);
  std::vector<TextPiece> pieces(const ast::Text& text, const Env& env);
  /// Nothing if a value in it is not known yet.
  std::optional<std::string> known_text(const std::vector<TextPiece>& pieces) const;
  std::string label(const Value& value, TypeId type);
  std::vector<UnitChoice> units(TypeId type, std::optional<ExprId> unit, uint32_t& plain) const;

  const std::vector<std::string>& texts() const { return texts_; }
  const std::vector<ReasonInfo>& reasons() const { return reasons_; }
  AxisMask needed() const { return needed_; }
  uint64_t steps() const { return steps_; }
  void set_steps(uint64_t steps) { steps_ = steps; }
  NodeId zero() const { return zero_; }
  Graph& graph() { return graph_; }
  const Program& program() const { return program_; }
  DiagSink& sink() { return sink_; }
  void stop_tracing() { trace_ = nullptr; }
  const Object& object(ObjectId id) const { return objects_[id.index]; }
  bool stopped() const { return stopped_; }

 private:
  // --- expressions (eval_expr.cpp) ---
  Value eval_name(ExprId id, const Env& env);
  Value eval_text(ExprId id, const ast::Text& text, const Env& env);
  Value eval_field(ExprId id, const ast::Field& node, const Env& env);
  Value member(ExprId id, const Value& base, const Env& env);
  Value eval_index(const ast::Index& node, const Env& env);
  Value eval_if(const ast::If& node, const Env& env);
  Value eval_match(const ast::Match& node, const Env& env);
  Value eval_range(ExprId id, const ast::Range& node, const Env& env);
  Value eval_comprehension(const ast::Comprehension& node, const Env& env);
  Value eval_labelled_choice(ExprId id, const ast::LabelledChoice& node, const Env& env);
  Value eval_list_choice(ExprId id, const ast::ListChoice& node, const Env& env);
  Value eval_binary(ExprId id, const ast::Binary& node, const Env& env);
  Value check_counts(Value value, TypeId element_type, std::string_view name, Span span);
  Value compare(Op op, const Value& a, const Value& b, const ast::Binary& node);
  Value product(ExprId id, ast::BinaryOp op, const Value& left, const Value& right);
  Value scaled_list(ExprId id, ast::BinaryOp op, const Value& left, const Value& right);
  Value no_element(const Value& index, ExprId where, size_t count);
  Value choose_by(const Value& index, ExprId where, size_t count, const std::function<Value(size_t)>& branch);
  bool fuel(uint64_t steps, Span span);
  Value too_deep(Span span);

  // --- calls (eval_call.cpp) ---
  Value eval_call(ExprId id, const ast::Call& node, const Env& env);
  Value call(FunctionId function, std::optional<ObjectId> self, std::vector<Value> arguments, Span span);
  Value builtin(ExprId id, Builtin which, const ast::Call& node, const Env& env);
  Value source_of(ExprId of, const Env& env);
  Value reduce(ExprId id, Builtin which, const Value& list);
  Value skip_absent(Op op, const Value& a, const Value& b);
  Value repeat(ExprId id, const Value& value, const Value& count);
  Value lookup(ExprId id, const Value& list, const Value& name);
  Value divisors(ExprId id, const Value& of);
  Value letters(ExprId id, const Value& of);
  Value choose(ExprId id, const Value& n, const Value& k);
  Value interpolate(ExprId id, const Value& xs, const Value& ys, const Value& x);
  Value logspace(ExprId id, const Value& first, const Value& last, const Value& count);
  Value list(std::vector<Value> elements);

  // --- data files (eval_data.cpp) ---
  Value eval_data(ExprId id);
  Value from_data(const Datum& datum);
  Value record_from_data(const DatumRecord& record, Span span);
  const Value* given_by_data(ObjectId object, uint32_t index) const;

  // --- objects (eval_object.cpp) ---
  Value make(TypeId type, std::string_view name, Span span);
  Value amend(const Value& base, const std::vector<Binding>& bindings, const Env& env, Span span, std::string_view name);
  ObjectId amend_late(ObjectId base, std::vector<LateBinding> layer, Span span);
  Value slot(ObjectId object, uint32_t index);
  Value compute_slot(ObjectId object, uint32_t index);
  NodeId guard(ObjectId object);
  Value bound(const LateBinding& binding, ObjectId final_object);
  std::vector<const LateBinding*> bindings_of(ObjectId object, uint32_t index, std::vector<LateBinding>& own);
  void report_missing(ObjectId object);
  std::optional<Value> case_field(EnumId id, uint32_t index, uint32_t field);
  TypeId slot_type(const Object& object, uint32_t index) const;
  std::string_view slot_name(const Object& object, uint32_t index) const;
  std::string object_label(ObjectId object);
  void object_facts(ObjectId object, const std::string& path, bool follows, std::vector<Fact>& out);
  std::optional<std::string> object_source(ObjectId object, size_t indent, std::set<uint32_t>& kinds, bool for_people);
  std::string object_owner_name(ObjectId object) const;

  /// What is being evaluated, for chains and for the message when fuel runs out.
  struct Frame {
    std::string_view name;
    Span span;
  };
  class Enter {
   public:
    Enter(Evaluator& evaluator, std::string_view name, Span span) : evaluator_(evaluator) { evaluator_.stack_.push_back({name, span}); }
    ~Enter() { evaluator_.stack_.pop_back(); }
    Enter(const Enter&) = delete;
    Enter& operator=(const Enter&) = delete;

   private:
    Evaluator& evaluator_;
  };

  const Program& program_;
  const Syntax& syntax_;
  Graph& graph_;
  DiagSink& sink_;
  Trace* trace_;
  NodeId zero_;
  std::deque<Object> objects_;
  std::unordered_map<uint32_t, Value> globals_;
  std::unordered_map<uint32_t, Value> data_;                  // by ExprId
  std::map<std::tuple<uint32_t, uint32_t, uint32_t>, Value> case_fields_;
  std::vector<std::string> texts_;
  std::unordered_map<std::string, uint32_t> text_ids_;
  std::vector<ReasonInfo> reasons_;
  std::map<std::tuple<Span, std::string, std::vector<uint32_t>>, uint32_t> reason_ids_;
  std::vector<Frame> stack_;
  AxisMask needed_ = 0;
  std::optional<StandIn> stand_in_;
  uint64_t steps_ = 0;
  uint32_t depth_ = 0;
  std::vector<std::pair<uint32_t, uint32_t>> active_calls_;   // function and own object: none may be called again
  bool stopped_ = false;
};

/// The text of pieces, given the value of each node.
std::string tell(const Program& program, const std::vector<std::string>& texts, const std::vector<TextPiece>& pieces, const std::function<double(NodeId)>& value);
/// One value for people: `8`, `1.50 us`, `fp8`, `true`.
std::string tell_value(const Program& program, const std::vector<std::string>& texts, TypeId type, const std::vector<UnitChoice>& units, double value, int digits = 4);

}  // namespace llmsys
