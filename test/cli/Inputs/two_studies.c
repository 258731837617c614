#include <stdio.h>

int main(void) {
  double level = 1, speed = 1e9, x[2] = {12, 30}, status[2], of[MIXED_COLUMNS][2];
  const double *axes[] = {&level, &speed, x};
  double *columns[MIXED_COLUMNS];
  for (int c = 0; c < MIXED_COLUMNS; ++c) columns[c] = of[c];
  double speeds[2] = {speed, speed};
  axes[1] = speeds;
  if (mixed_points(2, axes, status, columns) != 0) return 1;
  printf("%d of 2, ", (status[0] == 0) + (status[1] == 0));

  double name = 1, n = 10, next;
  const double *sizes[] = {&name, &n};
  double *nexts[] = {&next};
  if (by_size_points(1, sizes, status, nexts) != 0) return 1;
  name = 2; /* there are two */
  if (by_size_points(1, sizes, status, nexts) != 1) return 1;
  printf("%g\n", next);
  return 0;
}
