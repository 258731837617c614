// From ANTLR's tree to the AST. In: contexts of the grammar. Out: nodes in `syntax`.
// Promise: a context the grammar accepts gives a node; what the grammar can't say (chained comparisons, broken exponents) gives a diagnostic.
#pragma once

#include "compiler/diag/diagnostic.h"
#include "compiler/syntax/parse.h"
#include "compiler/syntax/parse_tokens.h"
#include "grammar/LlmSysParserBaseVisitor.h"

namespace llmsys {

/// What a builder asks of parse.cpp, which runs the grammar.
struct BuilderCalls {
  std::function<void(Diagnostic)> report;
  /// What stands between the braces of a text; nothing if it is wrong, which was reported.
  std::function<std::optional<Interpolation>(Span)> read;
};

class Builder : private LlmSysParserBaseVisitor {
 public:
  struct Place {
    const SourceMap& sources;
    SourceId source;
    FileId file;
    const Tokens& tokens;
  };
  Builder(Place place, Syntax& syntax, BuilderCalls calls) : place_(place), syntax_(syntax), calls_(std::move(calls)) {}

  DeclId item(LlmSysParser::ItemContext* context) { return visit(context).as<DeclId>(); }
  ExprId expr(LlmSysParser::ExprContext* context) { return visit(context).as<ExprId>(); }
  ExprId unit(LlmSysParser::UnitContext* context) { return visit(context).as<ExprId>(); }

  ast::Sensitivity sensitivity(LlmSysParser::SensitivityContext* context);

 private:
  using Any = antlrcpp::Any;
  using P = LlmSysParser;
  using Terminal = antlr4::tree::TerminalNode;

  // --- parse_build.cpp: what every construct needs
  Span span(const antlr4::ParserRuleContext* context) const;
  Span span(const Token* token) const { return span_of(place_.source, *token); }
  std::string_view text(const Token* token) const { return place_.sources.text(span(token)); }
  std::string doc(const antlr4::ParserRuleContext* context) const;
  ast::Name name(const Token* token) const { return {text(token), span(token)}; }
  ast::Name name(P::NameContext* context) const { return name(context->getStart()); }
  std::vector<ast::Name> names(P::NamesContext* context) const;
  ast::QualifiedName qualified(P::QualifiedContext* context) const;
  int whole(const Token* number, bool negative);
  void complain(Code code, Span where, std::string message, std::string label = {});

  // --- parse_build_text.cpp
  ast::PlainText plain(Terminal* string);
  std::optional<ast::PlainText> plain_if(Terminal* string);
  std::vector<ast::PlainText> plains(const std::vector<Terminal*>& strings);
  std::optional<ast::PlainText> source(P::SourceContext* context);
  ExprId text_expr(Terminal* string);
  char escape(uint32_t at);
  ast::Piece interpolate(Span braces);

  // --- parse_build_expr.cpp
  template <class Node>
  Any add(const antlr4::ParserRuleContext* context, Node node) {
    return syntax_.add(ast::Expr{std::move(node), span(context)});
  }
  ExprId arith(P::ArithContext* context) { return visit(context).as<ExprId>(); }
  Any binary(const antlr4::ParserRuleContext* context, ExprId left, const Token* op, ExprId right);
  std::vector<ExprId> exprs(const std::vector<P::ExprContext*>& contexts);
  std::vector<ExprId> elements(P::ElementsContext* context);
  ExprId comprehension(P::ElementsContext* context);
  std::vector<ast::Assign> assigns(P::BraceContext* context);
  ast::Assign assign(P::AssignContext* context);
  ast::Number number(P::MeasureContext* context);
  ast::MatchArm arm(P::ArmContext* context);
  ast::Entry entry(const Token* label, P::ExprContext* value) { return {name(label), expr(value)}; }

  Any visitConcat(P::ConcatContext*) override;
  Any visitComparison(P::ComparisonContext*) override;
  Any visitNegation(P::NegationContext*) override;
  Any visitConjunction(P::ConjunctionContext*) override;
  Any visitDisjunction(P::DisjunctionContext*) override;
  Any visitOtherwise(P::OtherwiseContext*) override;
  Any visitSpanExpr(P::SpanExprContext*) override;
  Any visitFieldOf(P::FieldOfContext*) override;
  Any visitIndex(P::IndexContext*) override;
  Any visitCall(P::CallContext*) override;
  Any visitAmend(P::AmendContext*) override;
  Any visitPower(P::PowerContext*) override;
  Any visitMinus(P::MinusContext*) override;
  Any visitProduct(P::ProductContext*) override;
  Any visitSum(P::SumContext*) override;
  Any visitGroup(P::GroupContext*) override;
  Any visitList(P::ListContext*) override;
  Any visitConditional(P::ConditionalContext*) override;
  Any visitMatching(P::MatchingContext*) override;
  Any visitLabelledChoice(P::LabelledChoiceContext*) override;
  Any visitListChoice(P::ListChoiceContext*) override;
  Any visitAbsent(P::AbsentContext*) override;
  Any visitData(P::DataContext*) override;
  Any visitSelfField(P::SelfFieldContext*) override;
  Any visitNumber(P::NumberContext*) override;
  Any visitText(P::TextContext*) override;
  Any visitYes(P::YesContext*) override;
  Any visitNo(P::NoContext*) override;
  Any visitReference(P::ReferenceContext*) override;

  Any visitPowerUnit(P::PowerUnitContext*) override;
  Any visitProductUnit(P::ProductUnitContext*) override;
  Any visitGroupUnit(P::GroupUnitContext*) override;
  Any visitMeasureUnit(P::MeasureUnitContext*) override;
  Any visitNameUnit(P::NameUnitContext*) override;
  Any visitSignUnit(P::SignUnitContext*) override;

  // --- parse_build_type.cpp
  TypeExprId type(P::TypeContext* context) { return visit(context).as<TypeExprId>(); }
  std::optional<TypeExprId> type_if(P::TypeContext* context);
  template <class Node>
  Any add_type(const antlr4::ParserRuleContext* context, Node node) {
    return syntax_.add(ast::TypeExpr{std::move(node), span(context)});
  }
  Any visitPowerType(P::PowerTypeContext*) override;
  Any visitProductType(P::ProductTypeContext*) override;
  Any visitOptionalType(P::OptionalTypeContext*) override;
  Any visitPerType(P::PerTypeContext*) override;
  Any visitGroupType(P::GroupTypeContext*) override;
  Any visitListType(P::ListTypeContext*) override;
  Any visitOneType(P::OneTypeContext*) override;
  Any visitNamedType(P::NamedTypeContext*) override;

  // --- parse_build_decl.cpp
  template <class Node>
  Any add_decl(const antlr4::ParserRuleContext* context, Node node) {
    return syntax_.add(ast::Decl{std::move(node), place_.file, span(context), doc(context)});
  }
  std::optional<ExprId> expr_if(P::ExprContext* context);
  ast::FieldDecl field(P::FieldContext* context);
  ast::Function function(P::FunctionContext* context);
  ast::Let let(P::BindingContext* context);
  ast::Expect expect(P::ExpectationContext* context);
  bool is_percentage(ExprId id) const;
  ast::Member member(P::KindMemberContext* context);
  ast::PlainText import_path(P::ImportPathContext* context);
  ast::Require require(P::KindRequireContext* context);

  Any visitImportItem(P::ImportItemContext*) override;
  Any visitDimensionItem(P::DimensionItemContext*) override;
  Any visitPrefixesItem(P::PrefixesItemContext*) override;
  Any visitUnitItem(P::UnitItemContext*) override;
  Any visitEnumItem(P::EnumItemContext*) override;
  Any visitKindItem(P::KindItemContext*) override;
  Any visitFunctionItem(P::FunctionItemContext*) override;
  Any visitLetItem(P::LetItemContext*) override;
  Any visitExpectItem(P::ExpectItemContext*) override;
  Any visitStudyItem(P::StudyItemContext*) override;
  Any visitInstanceItem(P::InstanceItemContext*) override;

  // --- parse_build_study.cpp
  ast::Clause clause(P::ClauseContext* context);
  ast::Goal goal(P::GoalContext* context);
  ast::ShowItem shown(P::ShownContext* context);
  ast::Summary summary(P::SummaryContext* context);
  template <class Node>
  static Any clause_node(Node node) {
    return ClauseNode(std::move(node));
  }
  using ClauseNode = decltype(ast::Clause::node);
  Any visitSweepClause(P::SweepClauseContext*) override;
  Any visitZipClause(P::ZipClauseContext*) override;
  Any visitSolveClause(P::SolveClauseContext*) override;
  Any visitSensitivityClause(P::SensitivityClauseContext*) override;
  Any visitLetClause(P::LetClauseContext*) override;
  Any visitWhereClause(P::WhereClauseContext*) override;
  Any visitBestClause(P::BestClauseContext*) override;
  Any visitParetoClause(P::ParetoClauseContext*) override;
  Any visitTopClause(P::TopClauseContext*) override;
  Any visitSummariseClause(P::SummariseClauseContext*) override;
  Any visitShowClause(P::ShowClauseContext*) override;
  Any visitPlotClause(P::PlotClauseContext*) override;
  ast::Plot mark(P::MarkContext*);
  Any visitExpectClause(P::ExpectClauseContext*) override;

  Place place_;
  Syntax& syntax_;
  BuilderCalls calls_;
};

}  // namespace llmsys
