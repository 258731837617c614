#include <fmt/format.h>

#include <algorithm>

#include "compiler/graph/graph.h"

namespace llmsys {
namespace {

constexpr size_t shown_values = 8;

std::string axis_name(uint32_t axis, const std::vector<Column>& axes) {
  return axis < axes.size() ? axes[axis].title : fmt::format("#{}", axis);
}

std::string table_text(const std::vector<double>& table) {
  const size_t shown = std::min(table.size(), shown_values);
  const std::string values = fmt::format("{}", fmt::join(table.begin(), table.begin() + static_cast<std::ptrdiff_t>(shown), ", "));
  return shown == table.size() ? fmt::format("[{}]", values) : fmt::format("[{}, ...] of {}", values, table.size());
}

std::string operand_text(const Graph& graph, const Node& node, const std::vector<uint32_t>& number, const std::vector<Column>& axes) {
  switch (node.op) {
    case Op::constant: return fmt::format("{}", node.value);
    case Op::axis: return axis_name(node.number, axes);
    case Op::table: return table_text(graph.tables()[node.number]);
    case Op::slot: return fmt::format("{}", node.number);
    default: break;
  }
  std::string text;
  for (uint32_t i = 0; i < operands(node.op); ++i) text += fmt::format("{}%{}", i ? ", " : "", number[node.operand[i].index]);
  return text;
}

std::string axes_text(AxisMask mask, const std::vector<Column>& axes) {
  std::string text;
  for (uint32_t axis = 0; axis < max_axes; ++axis)
    if (mask >> axis & 1) text += (text.empty() ? "" : ", ") + axis_name(axis, axes);
  return text.empty() ? text : fmt::format("    ; axes {{{}}}", text);
}

}  // namespace

std::vector<uint32_t> numbers(const Graph& graph, const std::vector<NodeId>& nodes) {
  std::vector<uint32_t> number(graph.size());
  for (uint32_t i = 0; i < nodes.size(); ++i) number[nodes[i].index] = i;
  return number;
}

std::string line(const Graph& graph, NodeId id, const std::vector<uint32_t>& number, const std::vector<Column>& axes) {
  const Node& node = graph[id];
  return fmt::format("%{} = {} {}{}\n", number[id.index], text(node.op), operand_text(graph, node, number, axes), axes_text(node.axes, axes));
}

std::string dump(const Graph& graph, const std::vector<NodeId>& roots, const std::vector<std::string>& titles, const std::vector<Column>& axes) {
  const std::vector<NodeId> nodes = live(graph, roots);
  const std::vector<uint32_t> number = numbers(graph, nodes);
  std::string out;
  for (NodeId id : nodes) out += line(graph, id, number, axes);
  for (size_t i = 0; i < roots.size(); ++i) out += fmt::format("-> {} %{}\n", i < titles.size() ? titles[i] : "?", number[roots[i].index]);
  return out;
}

}  // namespace llmsys
