// The study of w2.llmsys as a performance engineer would write it by hand: what does not depend on an axis is outside of its loop, the inner loop is over
// batches. Fast if built with -ffast-math, which may sum in any order.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <vector>
int main() {
  const long nb = 64, ns = 64, nc = 64, nB = 4096;
  const double Ki = 1024, GiB = Ki * Ki * Ki, TiB = GiB * Ki, never = 1e300;
  const double params = 405e9, layers = 126, hidden = 16384, heads = 128, kv = 8, dim = 128, chips = 128;
  const double tensor = 2.25e15 * chips, vector = tensor / 32, capacity = 96 * GiB * chips, kvb = layers * 2 * kv * dim;
  std::vector<double> batch(nB), compute(nB), bytes(nB), step(nB);
  const auto start = std::chrono::steady_clock::now();
  double total = 0, best = 0;
  long points = 0;
  for (long b = 0; b < nB; ++b) batch[b] = b + 1;
  for (long k = 0; k < nc; ++k) {
    const double context = (k + 1) * 2 * Ki;
    long fitting = 0;
    for (long b = 0; b < nB; ++b) {
      const double flops = batch[b] * (2 * params + layers * 4 * heads * dim * context), scalar = batch[b] * layers * (heads * context * 5 + hidden * 8);
      compute[b] = flops / tensor + scalar / vector;
      bytes[b] = params + batch[b] * context * kvb;
      fitting += bytes[b] <= capacity;
    }
    points += fitting * nb * ns;
    for (long i = 0; i < nb; ++i) {
      const double bandwidth = (1 + i) * TiB * chips / 2;
      // a point that does not fit takes so long that its rate adds nothing
      for (long b = 0; b < nB; ++b) step[b] = bytes[b] <= capacity ? std::max(compute[b], bytes[b] / bandwidth) : never;
      for (long j = 0; j < ns; ++j) {
        const double exposed = layers * 3 * ((j + 1) * 0.1e-6);
        double sum = 0, top = 0;
        for (long b = 0; b < nB; ++b) {
          const double rate = batch[b] / (step[b] + exposed);
          sum += rate;
          top = std::max(top, rate);
        }
        total += sum;
        best = std::max(best, top);
      }
    }
  }
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  std::printf("seconds %.6f\n%.17g,%.17g,%ld\n", seconds, total / points, best, points);
}
