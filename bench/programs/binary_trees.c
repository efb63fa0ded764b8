// Many short-lived binary trees: malloc, free and recursion over pointers.
#include "program.h"

typedef struct Tree {
  struct Tree *left, *right;
} Tree;

static Tree* grow(uint32_t depth) {
  Tree* tree = malloc(sizeof *tree);
  tree->left = depth == 0 ? NULL : grow(depth - 1);
  tree->right = depth == 0 ? NULL : grow(depth - 1);
  return tree;
}

static uint32_t count(const Tree* tree) {
  return tree->left == NULL ? 1 : 1 + count(tree->left) + count(tree->right);
}

static void fell(Tree* tree) {
  if (tree == NULL) return;
  fell(tree->left);
  fell(tree->right);
  free(tree);
}

int main(int argc, char** argv) {
  const uint32_t depth = problem_size(argc, argv, 15);
  uint64_t sum = 0;
  Tree* survivor = grow(depth);
  for (uint32_t d = 4; d <= depth; d += 2) {
    for (uint32_t n = 0; n < 1u << (depth - d + 3); n++) {
      Tree* tree = grow(d);
      sum += count(tree);
      fell(tree);
    }
    sum = mix(sum, d);
  }
  sum += count(survivor);
  fell(survivor);
  return report("binary_trees", sum);
}
