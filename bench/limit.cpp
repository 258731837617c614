// bench/limit.llmsys by hand, as one would write it for speed without leaving plain C++: the equations of stdlib/liminal.llmsys with everything
// known folded by the author, one loop an axis, the best batch kept. Prints nanoseconds a point, and sums of what was found, to be compared.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <vector>

namespace {

constexpr double Ki = 1024, GiB = Ki * Ki * Ki, TiB = GiB * Ki;

// Llama3-405B
constexpr double layers = 126, hidden = 16384, heads = 128, kv_heads = 8, head_dim = 128, inner = 53248, vocab = 128256, nominal = 405e9;
constexpr double layer_weights = 2 * hidden * heads * head_dim + 2 * hidden * kv_heads * head_dim + 3 * hidden * inner;
constexpr double cache_per_token = layers * 2 * kv_heads * head_dim;

// 128 chips of HBM3
constexpr double chips = 128, tensor_rate = chips * 2.25e15, vector_rate = tensor_rate / 32, capacity = chips * 96 * GiB;

constexpr int bandwidths = 5, syncs = 20, contexts = 25, batches = 4000;

struct Best {
  double rate = -1;
  double batch = 0;
};

Best best_batch(double bandwidth, double sync, double context) {
  const double tensor_ops = layers * (2 * layer_weights + 4 * heads * head_dim * context) + 2 * vocab * hidden;
  const double vector_ops = layers * (5 * heads * context + 8 * hidden);
  const double exposed = layers * 3 * sync;
  Best best;
  for (int b = 1; b <= batches; ++b) {
    const double batch = b;
    const double bytes = nominal + batch * context * cache_per_token;
    const double compute = batch * tensor_ops / tensor_rate + batch * vector_ops / vector_rate;
    const double rate = batch / (exposed + std::max(compute, bytes / bandwidth));
    const double counted = bytes <= capacity ? rate : -1;
    if (counted > best.rate) best = {counted, batch};
  }
  return best;
}

}  // namespace

int main() {
  std::vector<Best> found;
  found.reserve(bandwidths * syncs * contexts);
  const auto start = std::chrono::steady_clock::now();
  for (int i = 1; i <= bandwidths; ++i)
    for (int j = 1; j <= syncs; ++j)
      for (int k = 1; k <= contexts; ++k) found.push_back(best_batch(chips * i * 0.5 * TiB, j * 0.1e-6, k * 2 * Ki));
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  double rates = 0, users = 0;
  for (const Best& best : found) {
    rates += best.rate;
    users += best.batch;
  }
  const double points = static_cast<double>(found.size()) * batches;
  std::printf("%.0f %.6f %.17g %.17g\n", points, seconds * 1e9 / points, rates, users);
}
