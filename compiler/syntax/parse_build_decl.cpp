// Declarations.
#include "compiler/syntax/parse_build.h"

namespace llmsys {

// --- parts -------------------------------------------------------------------------------------------------------------------

std::optional<ExprId> Builder::expr_if(P::ExprContext* context) {
  if (!context) return std::nullopt;
  return expr(context);
}

ast::FieldDecl Builder::field(P::FieldContext* context) {
  return {.name = name(context->name()),
          .type = type(context->type()),
          .spellings = plains(context->STRING()),
          .value = expr_if(context->expr()),
          .source = source(context->source()),
          .doc = doc(context),
          .span = span(context)};
}

ast::Function Builder::function(P::FunctionContext* context) {
  ast::Function result{.name = name(context->name()), .dimensions = names(context->names())};
  for (P::ParameterContext* each : context->parameter()) result.params.push_back({name(each->name()), type(each->type())});
  result.result = type(context->type());
  result.body = expr_if(context->expr());
  result.doc = doc(context);
  result.span = span(context);
  return result;
}

ast::Let Builder::let(P::BindingContext* context) { return {name(context->name()), expr(context->expr()), source(context->source())}; }

ast::Expect Builder::expect(P::ExpectationContext* context) {
  ast::Expect result{.negated = context->NOT() != nullptr, .actual = expr(context->actual)};
  result.expected = expr_if(context->expected);
  result.tolerance = expr_if(context->tolerance);
  result.relative = result.tolerance && is_percentage(*result.tolerance);
  result.source = source(context->source());
  result.span = span(context);
  return result;
}

bool Builder::is_percentage(ExprId id) const {
  auto* number = std::get_if<ast::Number>(&syntax_[id].node);
  return number && number->units.size() == 1 && number->units[0].unit.text == "%" && number->units[0].exponent == 1;
}

ast::Member Builder::member(P::KindMemberContext* context) {
  if (auto* given = dynamic_cast<P::KindFieldContext*>(context)) return field(given->field());
  if (auto* given = dynamic_cast<P::KindAssignContext*>(context)) return assign(given->assign());
  if (auto* given = dynamic_cast<P::KindFunctionContext*>(context)) return function(given->function());
  if (auto* given = dynamic_cast<P::KindIgnoredContext*>(context)) return ast::Ignored{plains(given->ignored()->STRING()), span(context)};
  return require(static_cast<P::KindRequireContext*>(context));
}

ast::Require Builder::require(P::KindRequireContext* context) {
  ast::Require result{.condition = expr(context->expr()), .span = span(context)};
  if (context->STRING()) result.message = text_expr(context->STRING());
  return result;
}

ast::PlainText Builder::import_path(P::ImportPathContext* context) {
  if (auto* written = dynamic_cast<P::TextPathContext*>(context)) return plain(written->STRING());
  std::string path;
  for (P::NameContext* part : static_cast<P::WordPathContext*>(context)->name()) path.append(path.empty() ? "" : "/").append(name(part).text);
  return {std::move(path), span(context)};
}

// --- items -------------------------------------------------------------------------------------------------------------------

antlrcpp::Any Builder::visitImportItem(P::ImportItemContext* context) {
  ast::Import import{.path = import_path(context->importPath()), .names = names(context->names())};
  if (context->alias) import.alias = name(context->alias);
  return add_decl(context, std::move(import));
}

antlrcpp::Any Builder::visitDimensionItem(P::DimensionItemContext* context) {
  return add_decl(context, ast::Dimension{name(context->name()), type_if(context->type())});
}

antlrcpp::Any Builder::visitPrefixesItem(P::PrefixesItemContext* context) {
  ast::PrefixSet set{.name = name(context->name())};
  for (P::PrefixContext* each : context->prefix()) set.entries.push_back(entry(each->name()->getStart(), each->expr()));
  return add_decl(context, std::move(set));
}

antlrcpp::Any Builder::visitUnitItem(P::UnitItemContext* context) {
  ast::Unit unit{.name = name(context->unitName()->getStart()),
                 .spoken = plain_if(context->STRING()),
                 .dimension = type_if(context->type()),
                 .definition = expr_if(context->expr()),
                 .shown = context->SHOWN() != nullptr};
  if (context->unitPrefixes()) unit.prefixes = names(context->unitPrefixes()->names());
  if (context->unitConfused()) unit.confused_with = names(context->unitConfused()->names());
  return add_decl(context, std::move(unit));
}

antlrcpp::Any Builder::visitEnumItem(P::EnumItemContext* context) {
  ast::Enum result{.name = name(context->name())};
  for (P::EnumMemberContext* each : context->enumMember()) {
    if (auto* declared = dynamic_cast<P::EnumFieldContext*>(each)) {
      result.fields.push_back(field(declared->field()));
    } else {
      auto* listed = static_cast<P::EnumCaseContext*>(each);
      result.cases.push_back({name(listed->name()), listed->brace() ? assigns(listed->brace()) : std::vector<ast::Assign>{}, doc(listed)});
    }
  }
  return add_decl(context, std::move(result));
}

antlrcpp::Any Builder::visitKindItem(P::KindItemContext* context) {
  ast::Kind kind{.name = name(context->name())};
  if (context->qualified()) kind.parent = qualified(context->qualified());
  for (P::KindMemberContext* each : context->kindMember()) kind.members.push_back(member(each));
  return add_decl(context, std::move(kind));
}

antlrcpp::Any Builder::visitFunctionItem(P::FunctionItemContext* context) { return add_decl(context, function(context->function())); }
antlrcpp::Any Builder::visitLetItem(P::LetItemContext* context) { return add_decl(context, let(context->binding())); }
antlrcpp::Any Builder::visitExpectItem(P::ExpectItemContext* context) { return add_decl(context, expect(context->expectation())); }

antlrcpp::Any Builder::visitStudyItem(P::StudyItemContext* context) {
  ast::Study study{.name = name(context->name()), .title = plain_if(context->STRING())};
  for (P::ClauseContext* each : context->clause()) study.clauses.push_back(clause(each));
  return add_decl(context, std::move(study));
}

antlrcpp::Any Builder::visitInstanceItem(P::InstanceItemContext* context) {
  return add_decl(context, ast::Instance{.kind = qualified(context->qualified()),
                                         .name = name(context->name()),
                                         .assigns = assigns(context->brace()),
                                         .brace = span(context->brace()),
                                         .source = source(context->source())});
}

}  // namespace llmsys
