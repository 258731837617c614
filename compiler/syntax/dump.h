// A tree of the syntax as indented text, one node a line: `Binary add 3:7-3:12`. Shared by the parts of dump_ast; for parse.h's callers only.
#pragma once

#include <fmt/format.h>

#include "compiler/syntax/parse.h"

namespace llmsys {

class AstDump {
 public:
  AstDump(const Syntax& syntax, const SourceMap& sources, bool places) : syntax_(syntax), sources_(sources), places_(places) {}

  void decl(DeclId id);
  std::string take() { return std::move(out_); }

 private:
  /// One line, and `inside` below it, one step further in.
  template <class Inside>
  void node(std::string_view what, Span span, Inside inside) {
    line(places_ ? fmt::format("{} {}", what, place(span)) : std::string(what));
    ++depth_;
    inside();
    --depth_;
  }
  /// A part of a node that has a role but no text of its own.
  template <class Inside>
  void part(std::string_view role, Inside inside) {
    line(role);
    ++depth_;
    inside();
    --depth_;
  }
  void line(std::string_view text);
  std::string place(Span span) const;

  // dump.cpp: expressions and types
  void expr(ExprId id);
  void expr_if(std::string_view role, const std::optional<ExprId>& id);
  void exprs(const std::vector<ExprId>& ids);
  void type(TypeExprId id);
  void assign(const ast::Assign& assign);
  void source(const std::optional<ast::PlainText>& source);
  void entries(const std::vector<ast::Entry>& entries);

  // dump_decl.cpp: declarations and clauses
  void doc(std::string_view text);
  void field(const ast::FieldDecl& field);
  void function(const ast::Function& function);
  void require(const ast::Require& require);
  void let(const ast::Let& let);
  void expect(const ast::Expect& expect);
  void goal(const ast::Goal& goal);
  void clause(const ast::Clause& clause);

  const Syntax& syntax_;
  const SourceMap& sources_;
  bool places_;
  std::string out_;
  int depth_ = 0;
};

/// `a.b.c`, `a, b`
std::string joined(const std::vector<ast::Name>& names, std::string_view between);

}  // namespace llmsys
