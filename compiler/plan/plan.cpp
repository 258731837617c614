#include "compiler/plan/plan.h"

namespace llmsys {

Plan plan(const Query& query, uint32_t phase, uint32_t shape) {
  Plan plan;
  for (NodeId id : live(query.graph, query.shapes[shape].roots[phase])) (varies_within_run(query, id) ? plan.inside : plan.before).push_back(id);
  return plan;
}

std::string dump(const Query& query, const Plan& plan) {
  std::vector<NodeId> nodes = plan.before;
  nodes.insert(nodes.end(), plan.inside.begin(), plan.inside.end());
  const std::vector<uint32_t> number = numbers(query.graph, nodes);
  std::string out = "before\n";
  for (NodeId id : plan.before) out += "  " + line(query.graph, id, number, query.sweep.axes);
  out += "inside\n";
  for (NodeId id : plan.inside) out += "  " + line(query.graph, id, number, query.sweep.axes);
  return out;
}

}  // namespace llmsys
