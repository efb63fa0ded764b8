-- Backtracking over arrays: all solutions of the n-queens problem.
local size = tonumber(arg[1]) or 7
local solutions, columns, up, down, row_of = 0, {}, {}, {}, {}

local function place(row)
  if row > size then
    solutions = solutions + 1
    if solutions == 1 then print(table.concat(row_of, " ")) end
    return
  end
  for column = 1, size do
    local a, b = row + column, row - column + size
    if not (columns[column] or up[a] or down[b]) then
      columns[column], up[a], down[b], row_of[row] = true, true, true, column
      place(row + 1)
      columns[column], up[a], down[b] = nil, nil, nil
    end
  end
end

place(1)
print(size, solutions)
