#include <cstdio>
#include <string>

#include "sample.h"

int main() {
  std::string text(64, '\0');
  text.resize(sample_text(text.data(), text.size()));
  std::puts(text.c_str());
}
