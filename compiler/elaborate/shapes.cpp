#include "compiler/elaborate/shapes.h"

#include <map>
#include <unordered_map>

namespace llmsys {

namespace {

uint64_t mix(uint64_t a, uint64_t b) {
  a ^= b + 0x9e3779b97f4a7c15ull + (a << 6) + (a >> 2);
  return a * 0xff51afd7ed558ccdull;
}

/// What a graph looks like when every constant is a blank: equal for graphs that can be merged.
class Outline {
 public:
  explicit Outline(const Graph& graph) : graph_(graph) {}
  uint64_t of(NodeId root) {
    // Operands have lower numbers, so one pass up to the root knows them all.
    for (; known_.size() <= root.index;) {
      const Node& node = graph_[NodeId{static_cast<uint32_t>(known_.size())}];
      uint64_t hash = mix(static_cast<uint64_t>(node.op) + 1, node.op == Op::constant ? 0 : node.number);
      for (uint32_t i = 0; i < operands(node.op); ++i) hash = mix(hash, known_[node.operand[i].index]);
      known_.push_back(hash);
    }
    return known_[root.index];
  }

 private:
  const Graph& graph_;
  std::vector<uint64_t> known_;
};

class Merge {
 public:
  Merge(Graph& graph, std::vector<uint32_t> combos, size_t all_combos, AxisMask by_element, uint32_t last_axis, const std::vector<uint32_t>& siblings)
      : graph_(graph), combos_(std::move(combos)), all_combos_(all_combos), by_element_(by_element), last_axis_(last_axis), siblings_(siblings) {}

  /// One node for those of every combo of the group; nothing if they differ in more than numbers, which outlines tell but for a collision of hashes.
  /// Iterative: graphs may be deep.
  std::optional<NodeId> node(const std::vector<NodeId>& ids) {
    std::vector<std::vector<NodeId>> stack = {ids};
    while (!stack.empty()) {
      std::vector<NodeId> top = stack.back();
      if (done_.contains(top)) {
        stack.pop_back();
        continue;
      }
      bool same = true, constants = true;
      for (NodeId id : top) {
        same &= id == top[0];
        constants &= graph_.is_constant(id);
      }
      if (same) {
        done_[top] = top[0];
      } else if (constants) {
        done_[top] = table(top);
      } else {
        const Node first = graph_[top[0]];
        for (NodeId id : top)
          if (graph_[id].op != first.op || graph_[id].number != first.number) return {};
        std::array<NodeId, 3> merged{};
        bool ready = true;
        for (uint32_t i = 0; i < operands(first.op); ++i) {
          std::vector<NodeId> below;
          for (NodeId id : top) below.push_back(graph_[id].operand[i]);
          auto place = done_.find(below);
          if (place != done_.end()) merged[i] = place->second;
          else {
            ready = false;
            stack.push_back(std::move(below));
          }
        }
        if (!ready) continue;
        done_[top] = graph_.apply(first.op, merged[0], merged[1], merged[2]);
      }
      stack.pop_back();
    }
    return done_[ids];
  }

 private:
  NodeId table(const std::vector<NodeId>& ids) {
    std::vector<double> values(all_combos_, 0);
    for (size_t i = 0; i < ids.size(); ++i) values[combos_[i]] = graph_.value(ids[i]);
    AxisMask axes = by_element_;
    AxisMask last = AxisMask{1} << last_axis_;
    if (axes & last) {
      bool varies = false;
      for (size_t i = 1; i < ids.size() && !varies; ++i)
        varies = siblings_[combos_[i]] == siblings_[combos_[i - 1]] && ids[i] != ids[i - 1];
      if (!varies) axes &= ~last;
    }
    return graph_.table(std::move(values), axes);
  }

  Graph& graph_;
  std::vector<uint32_t> combos_;
  size_t all_combos_;
  AxisMask by_element_;
  uint32_t last_axis_;
  const std::vector<uint32_t>& siblings_;
  std::map<std::vector<NodeId>, NodeId> done_;
};

std::optional<Shape> merged_shape(Merge& merge, const std::vector<uint32_t>& group, const std::vector<std::vector<std::vector<NodeId>>>& leaves) {
  Shape shape{leaves[group[0]]};
  for (size_t phase = 0; phase < shape.roots.size(); ++phase)
    for (size_t root = 0; root < shape.roots[phase].size(); ++root) {
      std::vector<NodeId> ids;
      for (uint32_t combo : group) ids.push_back(leaves[combo][phase][root]);
      auto node = merge.node(ids);
      if (!node) return {};
      shape.roots[phase][root] = *node;
    }
  return shape;
}

}  // namespace

Merged merge_shapes(Graph& graph, const std::vector<std::vector<std::vector<NodeId>>>& leaves, AxisMask by_element, uint32_t last_axis,
                    const std::vector<uint32_t>& siblings) {
  Merged result;
  result.shape_of_combo.resize(leaves.size());
  Outline outline(graph);
  std::map<uint64_t, uint32_t> shape_of_outline;
  std::vector<std::vector<uint32_t>> groups;
  for (uint32_t combo = 0; combo < leaves.size(); ++combo) {
    uint64_t hash = 0;
    for (const auto& phase : leaves[combo])
      for (NodeId root : phase) hash = mix(hash, outline.of(root));
    auto [place, is_new] = shape_of_outline.try_emplace(hash, static_cast<uint32_t>(groups.size()));
    if (is_new) groups.emplace_back();
    groups[place->second].push_back(combo);
  }
  for (const std::vector<uint32_t>& group : groups) {
    Merge merge(graph, group, leaves.size(), by_element, last_axis, siblings);
    if (auto shape = merged_shape(merge, group, leaves)) {
      for (uint32_t combo : group) result.shape_of_combo[combo] = static_cast<uint32_t>(result.shapes.size());
      result.shapes.push_back(std::move(*shape));
      continue;
    }
    for (uint32_t combo : group) {
      result.shape_of_combo[combo] = static_cast<uint32_t>(result.shapes.size());
      result.shapes.push_back({leaves[combo]});
    }
  }
  return result;
}

}  // namespace llmsys
