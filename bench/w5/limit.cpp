// The study of w5.llmsys as a performance engineer would write it by hand for this deployment alone: std/serving's equations with its numbers put in,
// what does not depend on an axis outside of its loop, tables over batches. Fast if built with -ffast-math.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <vector>
struct Result { double users = 0, rate = 0, each = 0; };
int main() {
  const long nB = 10, nC = 10, nL = 10, nX = 25, nU = 4000;
  const double chips = 64, layers = 61, dense_layers = 3, moe_layers = 58, hidden = 7168, heads = 128, vocab = 129280;
  const double latent = 512, rotary = 64, plain = 128, value = 128, query = 1536, experts = 256, used = 8;
  const double attention = hidden * query + query * heads * (plain + rotary) + hidden * (latent + rotary) + latent * heads * (plain + value) + heads * value * hidden;
  const double dense = 3 * hidden * 18432, expert = 3 * hidden * 2048, always = hidden * experts + expert, table = vocab * hidden;
  const double cache = latent + rotary, pair_ops = 2 * heads * (latent + rotary + latent), softmax = 5 * heads, norms = 8 * hidden;
  const double weights = layers * attention + dense_layers * dense + moe_layers * (always + experts / chips * expert) + 2 * table;   // bytes on a chip
  const double capacity = 186e9, latency = 1e-6, least_rate = 20;
  const double sent_bytes = 8.25 / 8, two_bytes = 2;

  std::vector<Result> results(nB * nC * nL * nX);
  std::vector<double> users(nU), load(nU), read(nU), flat(nU), rate(nU), collectives(nL * nU), fixed(nU);
  const auto start = std::chrono::steady_clock::now();
  for (long u = 0; u < nU; ++u) {
    users[u] = 8.0 * (u + 1);
    load[u] = std::ceil(users[u] / chips);
    read[u] = std::max(1.0, experts * (1 - std::pow(1 - used / experts, users[u])) / chips) * expert;
  }
  for (long l = 0; l < nL; ++l) {
    const double link = (l + 1) * 200e9, share = (chips - 1) / chips;
    for (long u = 0; u < nU; ++u) {
      const double all = users[u] * hidden * two_bytes / link, own = users[u] / chips * used * hidden / link;
      const double ring = 2 * (chips - 1) * latency + 2 * share * all, tree = 2 * 6 * latency + 2 * all, one_shot = latency + (chips - 1) * all;
      const double two_shot = 2 * latency + 2 * share * all, in_network = 2 * latency + all;
      const double gathered = std::min({ring, tree, one_shot, two_shot, in_network});
      const double sent = 2 * latency + own * share * (sent_bytes + two_bytes);
      collectives[l * nU + u] = moe_layers * std::min(gathered, sent);
    }
  }
  Result* result = results.data();
  for (long i = 0; i < nB; ++i)
    for (long c = 0; c < nC; ++c) {
      const double bandwidth = (i + 1) * 2e12, compute = (c + 1) * 1e15, vector = compute / 32;
      for (long u = 0; u < nU; ++u) {
        const double elementwise = load[u] * norms / vector;
        const double projections = std::max(load[u] * 2 * attention / compute, attention / bandwidth);
        const double feed = std::max(load[u] * 2 * dense / compute + elementwise, dense / bandwidth);
        const double shared = std::max(load[u] * 2 * always / compute + elementwise, always / bandwidth);
        const double routed = std::max(users[u] * 2 * used * expert / chips / compute, read[u] / bandwidth);
        const double head = std::max(users[u] / chips * 2 * table / compute, (table + users[u] / chips * hidden) / bandwidth);
        fixed[u] = layers * projections + dense_layers * feed + moe_layers * (shared + routed) + head;
      }
      for (long l = 0; l < nL; ++l) {
        for (long u = 0; u < nU; ++u) flat[u] = fixed[u] + collectives[l * nU + u];
        for (long x = 0; x < nX; ++x, ++result) {
          const double context = (x + 1) * 2 * 1024.0;
          const double scores = layers * context * std::max(pair_ops / compute + softmax / vector, cache / bandwidth);
          const double most = (capacity - weights) / (layers * cache * context), longest = 1 / least_rate;
          double top = -1;
          for (long u = 0; u < nU; ++u) {
            const double step = flat[u] + load[u] * scores;
            rate[u] = (load[u] <= most) & (step <= longest) ? users[u] / step : -1;
            top = std::max(top, rate[u]);
          }
          if (top < 0) continue;
          const long u = std::find(rate.begin(), rate.end(), top) - rate.begin();
          *result = {users[u], rate[u], rate[u] / users[u]};
        }
      }
    }
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  std::printf("seconds %.6f\n", seconds);
  for (const Result& r : results) std::printf("%.17g,%.17g,%.17g\n", r.users, r.rate, r.each);
}
