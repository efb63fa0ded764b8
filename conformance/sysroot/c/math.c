// The functions that are single instructions, at their edges, and the rest of libm to a few digits.
#include <complex.h>
#include <fenv.h>
#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static const double k_edges[] = {0.0,
                                 -0.0,
                                 0.5,
                                 -0.5,
                                 1.5,
                                 2.5,
                                 -2.5,
                                 0.49999999999999994,
                                 4503599627370495.5,
                                 -4503599627370497.0,
                                 1e300,
                                 5e-324,
                                 -5e-324,
                                 INFINITY,
                                 -INFINITY,
                                 DBL_MAX,
                                 DBL_MIN};

static void print_bits(double x) {
  uint64_t bits;
  memcpy(&bits, &x, sizeof bits);
  if (isnan(x)) {
    printf(" nan");
  } else {
    printf(" %016llx", (unsigned long long)bits);
  }
}

static void rounding(void) {
  for (size_t i = 0; i < sizeof k_edges / sizeof *k_edges; i++) {
    volatile double x = k_edges[i];
    print_bits(floor(x));
    print_bits(ceil(x));
    print_bits(trunc(x));
    print_bits(rint(x));
    print_bits(nearbyint(x));
    print_bits(round(x));
    print_bits(fabs(x));
    print_bits(sqrt(x));
    print_bits(copysign(1.0, x));
    float small = x > 1e9 ? 1e9f : x < -1e9 ? -1e9f : (float)x;
    printf(" %d %d %d %g\n", (int)floorf(small), (int)truncf(small), (int)rintf(small), sqrtf(fabsf(small)));
  }
}

static void pairs(void) {
  for (size_t i = 0; i < sizeof k_edges / sizeof *k_edges; i++) {
    for (size_t j = 0; j < sizeof k_edges / sizeof *k_edges; j += 3) {
      volatile double x = k_edges[i], y = k_edges[j];
      print_bits(fmin(x, y) + 0.0);  // which zero of two is not said
      print_bits(fmax(x, y) + 0.0);
      print_bits(fmod(x, y));
      print_bits(remainder(x, y));
      print_bits(fdim(x, y));
      print_bits(nextafter(x, y));
      print_bits(fma(x, y, 1.0));
    }
    putchar('\n');
  }
  volatile double nan = NAN;
  printf("%g %g\n", fmin(nan, 1), fmax(2, nan));
}

static void functions(void) {
  static const double k_points[] = {0.1, 0.5, 1.0, 2.0, 3.7, 10.25};
  for (size_t i = 0; i < sizeof k_points / sizeof *k_points; i++) {
    volatile double x = k_points[i];
    printf("%.13g %.13g %.13g %.13g %.13g ", sin(x), cos(x), tan(x), exp(x), log(x));
    printf("%.13g %.13g %.13g %.13g %.13g ", pow(x, 2.5), cbrt(x), sinh(x), tanh(x), atan(x));
    printf("%.12g %.12g %.12g %.12g %.13g ", tgamma(x), lgamma(x), erf(x), j0(x), hypot(x, 3));
    printf("%.12Lg %.12Lg %.6g %.6g\n", sqrtl(x), expl(x), sinf(x), logf(x));
  }
  int exponent;
  double whole;
  printf("%g %d\n", frexp(12.5, &exponent), exponent);
  printf("%g %g\n", modf(-3.25, &whole), whole);
  printf("%g %d %g\n", ldexp(1.5, 10), ilogb(1000.0), scalbn(1, -1074));
  printf("%ld %lld %ld\n", lrint(2.5), llround(-2.5), lround(1e9));
  printf("%d %d %d %d\n", isnan(NAN) != 0, isinf(-INFINITY) != 0, signbit(-0.0) != 0,
         fpclassify(5e-324) == FP_SUBNORMAL);
  double complex z = csqrt(-4 + 0 * I);
  printf("%g %g %.6g\n", creal(z), cimag(z), cabs(3 + 4 * I));
  z = (1 + 2 * I) * (3 - I) / (2 + I);
  printf("%g %g\n", creal(z), cimag(z));
  printf("%d %d\n", fegetround() == FE_TONEAREST, fesetround(FE_TONEAREST));
}

int main(void) {
  rounding();
  pairs();
  functions();
  return 0;
}
