#include "compiler/syntax/dump.h"

namespace llmsys {

namespace {

std::string_view word(ast::BinaryOp op) {
  static constexpr std::string_view words[] = {"+", "-", "*", "/", "^", "mod", "div", "<", "<=", ">", ">=", "==", "!=", "and", "or", "??", "++"};
  return words[static_cast<size_t>(op)];
}

std::string_view word(ast::ChoiceOp op) {
  static constexpr std::string_view words[] = {"largest", "smallest", "sort"};
  return words[static_cast<size_t>(op)];
}

std::string written(const ast::Number& number) {
  std::string result(number.digits.text);
  for (const ast::UnitPower& each : number.units) result += each.exponent == 1 ? fmt::format(" {}", each.unit.text) : fmt::format(" {}^{}", each.unit.text, each.exponent);
  return result;
}

}  // namespace

std::string joined(const std::vector<ast::Name>& names, std::string_view between) {
  std::string result;
  for (const ast::Name& name : names) result.append(result.empty() ? "" : between).append(name.text);
  return result;
}

std::string literal(std::string_view text) {
  std::string result = "\"";
  for (char c : text) {
    if (c == '\n') result += "\\n";
    else if (c == '\t') result += "\\t";
    else if (std::string_view("\"\\{}").find(c) != std::string_view::npos) (result += '\\') += c;
    else result += c;
  }
  result += '"';
  return result;
}

void AstDump::line(std::string_view text) { out_ += fmt::format("{:{}}{}\n", "", depth_ * 2, text); }

std::string AstDump::place(Span span) const {
  const Position begin = sources_.position(span.source, span.begin), end = sources_.position(span.source, span.end);
  return fmt::format("{}:{}-{}:{}", begin.line, begin.column, end.line, end.column);
}

void AstDump::expr_if(std::string_view role, const std::optional<ExprId>& id) {
  if (id) part(role, [&] { expr(*id); });
}

void AstDump::exprs(const std::vector<ExprId>& ids) {
  for (ExprId id : ids) expr(id);
}

void AstDump::source(const std::optional<ast::PlainText>& source) {
  if (source) node(fmt::format("source {}", literal(source->text)), source->span, [] {});
}

void AstDump::assign(const ast::Assign& assign) {
  node(fmt::format("Assign {}", joined(assign.path, ".")), assign.span, [&] {
    expr(assign.value);
    source(assign.source);
  });
}

void AstDump::entries(const std::vector<ast::Entry>& entries) {
  for (const ast::Entry& entry : entries) node(fmt::format("entry {}", entry.label.text), entry.label.span, [&] { expr(entry.value); });
}

void AstDump::expr(ExprId id) {
  const ast::Expr& self = syntax_[id];
  auto leaf = [&](std::string_view what) { node(what, self.span, [] {}); };
  auto tree = [&](std::string_view what, auto inside) { node(what, self.span, inside); };
  match(
      self.node, [&](const ast::Number& e) { leaf(fmt::format("Number {}", written(e))); }, [&](const ast::Bool& e) { leaf(e.value ? "Bool true" : "Bool false"); },
      [&](const ast::Text& e) {
        tree("Text", [&] {
          for (const ast::Piece& piece : e.pieces) {
            if (!piece.value) line(literal(piece.text));
            expr_if("value", piece.value);
            expr_if("in", piece.unit);
          }
        });
      },
      [&](const ast::NameRef& e) { leaf(fmt::format("NameRef {}", e.name.text)); }, [&](const ast::SelfField& e) { leaf(fmt::format("SelfField {}", e.name.text)); },
      [&](const ast::Field& e) { tree(fmt::format("Field {}", e.name.text), [&] { expr(e.base); }); },
      [&](const ast::Index& e) { tree("Index", [&] { exprs({e.base, e.index}); }); },
      [&](const ast::Call& e) {
        tree("Call", [&] {
          expr(e.callee);
          exprs(e.arguments);
        });
      },
      [&](const ast::Amend& e) {
        tree("Amend", [&] {
          expr(e.base);
          for (const ast::Assign& each : e.assigns) assign(each);
        });
      },
      [&](const ast::Unary& e) { tree(e.op == ast::UnaryOp::minus ? "Unary -" : "Unary not", [&] { expr(e.operand); }); },
      [&](const ast::Binary& e) { tree(fmt::format("Binary {}", word(e.op)), [&] { exprs({e.left, e.right}); }); },
      [&](const ast::If& e) { tree("If", [&] { exprs({e.condition, e.yes, e.no}); }); },
      [&](const ast::Match& e) {
        tree("Match", [&] {
          expr(e.subject);
          for (const ast::MatchArm& arm : e.arms) {
            std::string patterns = joined(arm.cases, ", ");
            for (const ast::PlainText& text : arm.texts) patterns.append(patterns.empty() ? "" : ", ").append(literal(text.text));
            node(fmt::format("arm {}", patterns.empty() ? "else" : patterns), arm.span, [&] { expr(arm.value); });
          }
        });
      },
      [&](const ast::List& e) { tree("List", [&] { exprs(e.elements); }); },
      [&](const ast::Range& e) {
        tree("Range", [&] {
          exprs({e.first, e.last});
          expr_if(e.geometric ? "by *" : "by", e.step);
        });
      },
      [&](const ast::Comprehension& e) {
        tree(fmt::format("Comprehension {}{}", e.index ? fmt::format("{}, ", e.index->text) : "", e.element.text), [&] {
          expr(e.body);
          part("in", [&] { expr(e.list); });
          expr_if("if", e.condition);
        });
      },
      [&](const ast::LabelledChoice& e) { tree(fmt::format("LabelledChoice {}", word(e.op)), [&] { entries(e.entries); }); },
      [&](const ast::ListChoice& e) {
        tree(fmt::format("ListChoice {}", word(e.op)), [&] {
          expr(e.list);
          expr_if("by", e.key);
        });
      },
      [&](const ast::Absent& e) { tree("Absent", [&] { expr(e.reason); }); },
      [&](const ast::Data& e) {
        tree(fmt::format("Data {} {}", e.format.text, literal(e.path.text)), [&] {
          type(e.type);
          for (const ast::PlainText& key : e.ignore) line(fmt::format("ignore {}", literal(key.text)));
        });
      },
      [&](const ast::Bad&) { leaf("Bad"); });
}

void AstDump::type(TypeExprId id) {
  const ast::TypeExpr& self = syntax_[id];
  auto tree = [&](std::string_view what, auto inside) { node(what, self.span, inside); };
  match(
      self.node, [&](const ast::NamedType& t) { tree(fmt::format("NamedType {}", joined(t.name.parts, ".")), [] {}); },
      [&](const ast::UnitType&) { tree("UnitType", [] {}); },
      [&](const ast::ProductType& t) {
        tree(t.divide ? "ProductType /" : "ProductType *", [&] {
          type(t.left);
          type(t.right);
        });
      },
      [&](const ast::PowerType& t) {
        tree(t.denominator == 1 ? fmt::format("PowerType {}", t.numerator) : fmt::format("PowerType {}/{}", t.numerator, t.denominator), [&] { type(t.base); });
      },
      [&](const ast::ListType& t) { tree("ListType", [&] { type(t.element); }); }, [&](const ast::OptionalType& t) { tree("OptionalType", [&] { type(t.type); }); },
      [&](const ast::PerType& t) { tree(fmt::format("PerType {}", joined(t.key.parts, ".")), [&] { type(t.element); }); });
}

}  // namespace llmsys
