// Virtual dispatch by hand: shapes with function pointers called in random order.
#include "program.h"

typedef struct Shape Shape;
struct Shape {
  uint32_t (*area)(const Shape*);
  void (*grow)(Shape*, uint32_t);
  uint32_t width, height;
};

static uint32_t square_area(const Shape* s) { return s->width * s->width; }
static uint32_t box_area(const Shape* s) { return s->width * s->height; }
static uint32_t triangle_area(const Shape* s) { return s->width * s->height / 2; }
static uint32_t ring_area(const Shape* s) { return 3 * (s->width - s->height) + 1; }
static void grow_width(Shape* s, uint32_t by) { s->width += by; }
static void grow_height(Shape* s, uint32_t by) { s->height ^= by; }
static void grow_both(Shape* s, uint32_t by) {
  s->width += by;
  s->height += by;
}

int main(int argc, char** argv) {
  static uint32_t (*const areas[])(const Shape*) = {square_area, box_area, triangle_area, ring_area};
  static void (*const growers[])(Shape*, uint32_t) = {grow_width, grow_height, grow_both};
  enum { k_shapes = 1024 };
  static Shape shapes[k_shapes];
  const uint32_t rounds = problem_size(argc, argv, 22000);
  Random random = {77};
  for (int i = 0; i < k_shapes; i++) {
    shapes[i].area = areas[random_next(&random) % 4];
    shapes[i].grow = growers[random_next(&random) % 3];
    shapes[i].width = random_next(&random) % 100;
  }
  uint32_t sum = 0;
  for (uint32_t r = 0; r < rounds; r++) {
    for (int i = 0; i < k_shapes; i++) {
      sum += shapes[i].area(&shapes[i]);
      if ((i & 3) == 0) shapes[i].grow(&shapes[i], sum & 15);
    }
  }
  return report("indirect", sum);
}
