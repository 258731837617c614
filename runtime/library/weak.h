// Read before anything else when these functions are compiled to become part of built libraries: several of them may be linked into one program.
#pragma once

#define LLMSYS_WEAK __attribute__((weak, visibility("hidden")))
extern "C" {
LLMSYS_WEAK double llmsys_exp(double x);
LLMSYS_WEAK double llmsys_log(double x);
LLMSYS_WEAK double llmsys_log2(double x);
LLMSYS_WEAK double llmsys_log10(double x);
LLMSYS_WEAK double llmsys_pow(double x, double y);
LLMSYS_WEAK double llmsys_mod(double x, double y);
LLMSYS_WEAK double llmsys_quotient(double x, double y);
}
