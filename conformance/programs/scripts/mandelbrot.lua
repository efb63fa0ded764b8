-- Floating point: counts the points of a grid that stay bounded.
local size = tonumber(arg[1]) or 60
local inside, total = 0, 0
for row = 0, size - 1 do
  local ci = 2.0 * row / size - 1.0
  for column = 0, size - 1 do
    local cr, x, y, steps = 2.0 * column / size - 1.5, 0.0, 0.0, 0
    while steps < 50 and x * x + y * y < 4.0 do
      x, y, steps = x * x - y * y + cr, 2.0 * x * y + ci, steps + 1
    end
    total = total + steps
    if steps == 50 then inside = inside + 1 end
  end
end
print(size, inside, total, string.format("%.12f", math.sin(inside) * math.sqrt(total)))
