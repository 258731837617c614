/* Ten million points of decode.llmsys, and the best of them.
     llmsys build decode.llmsys --study decode -o libdecode.so --header decode.h
     cc -O2 evaluate.c -L. -ldecode -Wl,-rpath,. -lm -o evaluate && ./evaluate */
#include <stdio.h>
#include <stdlib.h>

#include "decode.h"

int main(int argc, char **argv) {
  const uint64_t n = argc > 1 ? strtoull(argv[1], NULL, 10) : 10000000;
  const double fp8 = 1; /* the second of decode_axes[0].labels */
  double *users = malloc(n * sizeof(double)), *context = malloc(n * sizeof(double)), *status = malloc(n * sizeof(double));
  double *columns[DECODE_COLUMNS];
  for (int c = 0; c < DECODE_COLUMNS; ++c) columns[c] = malloc(n * sizeof(double));
  for (uint64_t i = 0; i < n; ++i) {
    users[i] = (double)(1 + i % 256);
    context[i] = (double)(1024 * (1 + i / 256 % 32));
  }
  const double *axes[DECODE_AXES] = {&fp8, users, context};
  if (decode_points(n, axes, status, columns) != 0) return 1;

  uint64_t feasible = 0, best = 0;
  const double *rate = columns[1];
  for (uint64_t i = 0; i < n; ++i) {
    if (status[i] != 0) continue;
    ++feasible;
    if (status[best] != 0 || rate[i] > rate[best]) best = i;
  }
  printf("%llu of %llu points are feasible\n", (unsigned long long)feasible, (unsigned long long)n);
  for (int c = 0; c < DECODE_COLUMNS; ++c) {
    const llmsys_column *column = &decode_columns[c];
    if (column->labels != NULL) printf("%s: %s\n", column->title, column->labels[(int)columns[c][best]]);
    else printf("%s: %.17g %s\n", column->title, columns[c][best], column->unit);
  }
  return 0;
}
