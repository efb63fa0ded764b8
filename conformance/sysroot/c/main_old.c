// main of the old style.
// flags: -std=gnu89 -w
main(count, words) int count;
char** words;
{
  return count;
}
// args: a b c
