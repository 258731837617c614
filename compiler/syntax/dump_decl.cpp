// Dumps of declarations and clauses.
#include "compiler/syntax/dump.h"

namespace llmsys {

namespace {

std::string listed(std::string_view word, const std::vector<ast::Name>& names) {
  return names.empty() ? std::string() : fmt::format(" {} {}", word, joined(names, ", "));
}

std::string_view name_of(const ast::Decl& decl) {
  return match(
      decl.node, [](const ast::Import&) { return std::string_view(); }, [](const ast::Expect&) { return std::string_view(); },
      [](const ast::Broken& broken) { return broken.names.empty() ? std::string_view() : broken.names[0].text; }, [](const auto& named) { return named.name.text; });
}

}  // namespace

void AstDump::doc(std::string_view text) {
  if (!text.empty()) line(fmt::format("doc {}", literal(text)));
}

void AstDump::field(const ast::FieldDecl& field) {
  node(fmt::format("FieldDecl {}", field.name.text), field.span, [&] {
    doc(field.doc);
    type(field.type);
    for (const ast::PlainText& spelling : field.spellings) line(fmt::format("from {}", literal(spelling.text)));
    if (field.value) expr(*field.value);
    source(field.source);
  });
}

void AstDump::function(const ast::Function& function) {
  const std::string dimensions = function.dimensions.empty() ? "" : fmt::format("<{}>", joined(function.dimensions, ", "));
  node(fmt::format("Function {}{}", function.name.text, dimensions), function.span, [&] {
    doc(function.doc);
    for (const ast::Param& param : function.params) node(fmt::format("param {}", param.name.text), param.name.span, [&] { type(param.type); });
    part("result", [&] { type(function.result); });
    expr_if("body", function.body);
  });
}

void AstDump::require(const ast::Require& require) {
  node("Require", require.span, [&] {
    expr(require.condition);
    expr_if("message", require.message);
  });
}

void AstDump::let(const ast::Let& let) {
  expr(let.value);
  source(let.source);
}

void AstDump::expect(const ast::Expect& expect) {
  expr(expect.actual);
  expr_if("~", expect.expected);
  expr_if(expect.relative ? "within (relative)" : "within", expect.tolerance);
  source(expect.source);
}

void AstDump::goal(const ast::Goal& goal) {
  part(goal.maximise ? "max" : "min", [&] { expr(goal.value); });
}

void AstDump::clause(const ast::Clause& clause) {
  auto tree = [&](std::string_view what, auto inside) { node(what, clause.span, inside); };
  match(
      clause.node,
      [&](const ast::Sweep& c) {
        tree(fmt::format("Sweep {}", joined(c.names, ", ")), [&] {
          exprs(c.domains);
          expr_if("as", c.label);
        });
      },
      [&](const ast::Solve& c) {
        tree(fmt::format("Solve {} {}", c.largest ? "largest" : "smallest", c.name.text), [&] {
          expr(c.first);
          expr(c.last);
          expr_if(c.geometric ? "by *" : "by", c.step);
          part("so that", [&] { expr(c.condition); });
        });
      },
      [&](const ast::Let& c) { tree(fmt::format("Let {}", c.name.text), [&] { let(c); }); }, [&](const ast::Where& c) { tree("Where", [&] { expr(c.condition); }); },
      [&](const ast::Best& c) { tree(fmt::format("Best{}", listed("over", c.over)), [&] { goal(c.goal); }); },
      [&](const ast::Pareto& c) {
        tree(fmt::format("Pareto{}", listed("per", c.per)), [&] {
          for (const ast::Goal& each : c.goals) goal(each);
        });
      },
      [&](const ast::Top& c) {
        tree("Top", [&] {
          expr(c.count);
          goal(c.goal);
        });
      },
      [&](const ast::Summarise& c) {
        tree(fmt::format("Summarise{}", listed("over", c.over)), [&] {
          for (const ast::Summary& each : c.summaries)
            node(fmt::format("summary {} = {}", each.name.text, each.function.text), join(each.name.span, each.function.span), [&] { exprs(each.arguments); });
        });
      },
      [&](const ast::Show& c) {
        tree("Show", [&] {
          for (const ast::ShowItem& item : c.items) {
            part("item", [&] {
              expr(item.value);
              expr_if("in", item.unit);
              expr_if("as", item.title);
            });
          }
        });
      },
      [&](const ast::Plot& c) {
        const auto arguments = [&](const ast::Plot& mark) {
          for (const ast::PlotArgument& each : mark.arguments) node(fmt::format("argument {}", each.name.text), each.name.span, [&] { expr(each.value); });
        };
        tree(fmt::format("Plot {}", c.shape.text), [&] {
          arguments(c);
          for (const ast::Plot& overlay : c.overlays) node(fmt::format("overlay {}", overlay.shape.text), overlay.shape.span, [&] { arguments(overlay); });
        });
      },
      [&](const ast::Sensitivity& c) {
        tree("Sensitivity", [&] {
          expr(c.of);
          part("to", [&] { exprs(c.paths); });
        });
      },
      [&](const ast::Expect& c) { tree(c.negated ? "Expect not" : "Expect", [&] { expect(c); }); });
}

void AstDump::decl(DeclId id) {
  const ast::Decl& decl = syntax_[id];
  auto tree = [&](std::string_view what, auto inside) {
    node(what, decl.span, [&] {
      doc(decl.doc);
      inside();
    });
  };
  match(
      decl.node,
      [&](const ast::Import& d) { tree(fmt::format("Import {}{}{}", literal(d.path.text), d.alias ? fmt::format(" as {}", d.alias->text) : "", listed(":", d.names)), [] {}); },
      [&](const ast::Dimension& d) {
        tree(fmt::format("Dimension {}", d.name.text), [&] {
          if (d.definition) type(*d.definition);
        });
      },
      [&](const ast::PrefixSet& d) { tree(fmt::format("PrefixSet {}", d.name.text), [&] { entries(d.entries); }); },
      [&](const ast::Unit& d) {
        const std::string spoken = d.spoken ? " " + literal(d.spoken->text) : "";
        tree(fmt::format("Unit {}{}{}{}{}", d.name.text, spoken, listed("prefixes", d.prefixes), listed("confused with", d.confused_with), d.shown ? " shown" : ""), [&] {
          if (d.dimension) type(*d.dimension);
          if (d.definition) expr(*d.definition);
        });
      },
      [&](const ast::Enum& d) {
        tree(fmt::format("Enum {}", d.name.text), [&] {
          for (const ast::FieldDecl& each : d.fields) field(each);
          for (const ast::Case& each : d.cases) {
            node(fmt::format("case {}", each.name.text), each.name.span, [&] {
              doc(each.doc);
              for (const ast::Assign& given : each.assigns) assign(given);
            });
          }
        });
      },
      [&](const ast::Kind& d) {
        tree(fmt::format("Kind {}{}", d.name.text, d.parent ? fmt::format(" : {}", joined(d.parent->parts, ".")) : ""), [&] {
          for (const ast::Member& member : d.members)
            match(
                member, [&](const ast::FieldDecl& m) { field(m); }, [&](const ast::Assign& m) { assign(m); }, [&](const ast::Function& m) { function(m); },
                [&](const ast::Require& m) { require(m); }, [&](const ast::Ignored& m) {
                  node("Ignored", m.span, [&] {
                    for (const ast::PlainText& key : m.keys) line(literal(key.text));
                  });
                });
        });
      },
      [&](const ast::Instance& d) {
        tree(fmt::format("Instance {} {}", joined(d.kind.parts, "."), d.name.text), [&] {
          for (const ast::Assign& each : d.assigns) assign(each);
          source(d.source);
        });
      },
      [&](const ast::Let& d) { tree(fmt::format("Let {}", d.name.text), [&] { let(d); }); }, [&](const ast::Function& d) { function(d); },
      [&](const ast::Expect& d) { tree(d.negated ? "Expect not" : "Expect", [&] { expect(d); }); },
      [&](const ast::Study& d) {
        tree(fmt::format("Study {}{}", d.name.text, d.title ? " " + literal(d.title->text) : ""), [&] {
          for (const ast::Clause& each : d.clauses) clause(each);
        });
      },
      [&](const ast::Broken& d) { 
        std::string names;
        for (const ast::Name& name : d.names) names += fmt::format(" {}", name.text);
        tree("Broken" + names, [] {});
       });
}

std::string dump_ast(const Syntax& syntax, const SourceMap& sources, FileId file, std::string_view only, bool places) {
  AstDump dump(syntax, sources, places);
  for (DeclId id : syntax[file].decls)
    if (only.empty() || name_of(syntax[id]) == only) dump.decl(id);
  return dump.take();
}

}  // namespace llmsys
