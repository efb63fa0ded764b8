// stdio on files, memory and pipes of its own: modes, seeking, buffering, ungetc, long lines.
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void files(void) {
  FILE* file = fopen("streams.tmp", "w+");
  if (!file) {
    perror("fopen");
    return;
  }
  for (int i = 0; i < 1000; i++) fprintf(file, "line %d\n", i);
  printf("%ld\n", ftell(file));
  rewind(file);
  char line[64];
  for (int i = 0; i < 3; i++) fputs(fgets(line, sizeof line, file), stdout);
  fseek(file, -9, SEEK_END);
  fputs(fgets(line, sizeof line, file), stdout);
  printf("%d %d\n", fgetc(file), feof(file) != 0);
  clearerr(file);
  fseeko(file, 5, SEEK_SET);
  int c = fgetc(file);
  ungetc('X', file);
  printf("%c%c %ld\n", c, fgetc(file), ftell(file));
  fclose(file);
  file = fopen("streams.tmp", "a");
  fputs("appended", file);
  fclose(file);
  file = fopen("streams.tmp", "r");
  char* whole = NULL;
  size_t room = 0;
  ssize_t length = getdelim(&whole, &room, 0, file);
  printf("%d %s\n", (int)length, whole + length - 8);
  free(whole);
  fclose(file);
  printf("%d %d\n", remove("streams.tmp"), fopen("streams.tmp", "r") == NULL);
}

int main(void) {
  char* text = NULL;
  size_t size = 0;
  FILE* memory = open_memstream(&text, &size);
  for (int i = 0; i < 500; i++) fprintf(memory, "%d,", i);
  fclose(memory);
  printf("%zu %.20s\n", size, text);
  FILE* again = fmemopen(text, size, "r");
  int a, b;
  printf("%d ", fscanf(again, "%d,%d", &a, &b));
  printf("%d %d\n", a, b);
  fclose(again);
  free(text);
  files();
  puts("to standard output");
  fputs("to standard error\n", stderr);
  return ferror(stdout);
}
