// UTF-8 and wide characters, iconv between the encodings that every libc has.
#include <iconv.h>
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uchar.h>
#include <wchar.h>
#include <wctype.h>

static void convert(const char* to, const char* from, const char* bytes, size_t size) {
  char out[64], *in = (char*)bytes, *end = out;
  size_t left = size, room = sizeof out;
  iconv_t converter = iconv_open(to, from);
  if (converter == (iconv_t)-1) {
    printf("%s to %s: none\n", from, to);
    return;
  }
  size_t result = iconv(converter, &in, &left, &end, &room);
  printf("%s to %s: %d %d:", from, to, (int)result, (int)left);
  for (char* p = out; p < end; p++) printf(" %02x", (unsigned char)*p);
  putchar('\n');
  iconv_close(converter);
}

static void multibyte(void) {
  static const char* const k_texts[] = {
      "plain", "\xc3\xa4\xc3\xb6", "\xe2\x82\xac 5", "\xf0\x9f\x98\x80", "bad \xff here", "\xc3"};
  for (size_t i = 0; i < sizeof k_texts / sizeof *k_texts; i++) {
    wchar_t wide[32];
    size_t length = mbstowcs(wide, k_texts[i], 32);
    printf("%d:", (int)length);
    for (size_t k = 0; length != (size_t)-1 && k < length; k++) printf(" %x", (unsigned)wide[k]);
    putchar('\n');
  }
  char bytes[8];
  mbstate_t state;
  memset(&state, 0, sizeof state);
  printf("%d %d\n", (int)wcrtomb(bytes, 0x20ac, &state), (unsigned char)bytes[0]);
  char16_t unit;
  printf("%d %x\n", (int)mbrtoc16(&unit, "\xf0\x9f\x98\x80", 4, &state), unit);
}

int main(void) {
  printf("%d\n", setlocale(LC_ALL, "C.UTF-8") != NULL);
  printf("%s %d\n", nl_langinfo(CODESET), (int)MB_CUR_MAX > 1);
  multibyte();
  printf("%d %d %d %x %x\n", iswalpha(L'\xe4') != 0, iswdigit(L'5') != 0, iswspace(L' ') != 0,
         (unsigned)towupper(L'\xe4'), (unsigned)towlower(L'\x416'));
  printf("%d %d\n", wcscmp(L"abc", L"abd") < 0, (int)wcslen(L"\x20ac\x20ac"));
  wchar_t text[32];
  swprintf(text, 32, L"%d-%ls-%5.2f", 42, L"w\xe4", 3.14159);
  printf("%ls\n", text);
  printf("%ld %g\n", wcstol(L"0x10", NULL, 0), wcstod(L"1.5", NULL));
  printf("%d %d\n", wcwidth(L'a'), wcwidth(L'\x4e2d'));
  convert("UTF-16LE", "UTF-8", "A\xe2\x82\xac", 4);
  convert("UTF-8", "ISO-8859-1", "\xe4\xf6", 2);
  convert("UTF-32BE", "UTF-8", "\xf0\x9f\x98\x80", 4);
  convert("UTF-8", "UTF-16LE", "A\0\xac\x20", 4);
  convert("UTF-8", "no-such-code", "", 0);
  convert("ASCII", "UTF-8", "ok", 2);
  return 0;
}
