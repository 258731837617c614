// The functions whose bits must not depend on an engine or a machine's libm. In: doubles. Out: doubles.
// Promise: plain IEEE operations only (no FMA, no tables that depend on the target), error below 1 ulp for exp and log, below 2 ulp for pow;
// special values as C's functions have them. The C names are what JIT code calls.
#pragma once

extern "C" {
double llmsys_exp(double x);
double llmsys_log(double x);
double llmsys_log2(double x);
double llmsys_log10(double x);
double llmsys_pow(double x, double y);
/// x - y * floor(x / y) as if with all digits, rounded once; NaN if y is 0.
double llmsys_mod(double x, double y);
/// floor of the exact quotient; NaN or infinite as x / y if y is 0.
double llmsys_quotient(double x, double y);
}
