-- Tables: sorting with the default order and with a comparison function, insertion and removal, maps.
local size = tonumber(arg[1]) or 5000
local seed = 42
local function random()
  seed = (seed * 1103515245 + 12345) % 2147483648
  return seed
end

local numbers, records = {}, {}
for i = 1, size do
  numbers[i] = random()
  records[i] = {key = random() % 1000, order = i}
end
table.sort(numbers)
table.sort(records, function(a, b)
  if a.key ~= b.key then return a.key > b.key end
  return a.order < b.order
end)
for i = 2, size do assert(numbers[i - 1] <= numbers[i]) end
print(numbers[1], numbers[size // 2], numbers[size], records[1].key, records[1].order, records[size].order)

local counts = {}
for _, record in ipairs(records) do counts[record.key] = (counts[record.key] or 0) + 1 end
local most = 0
for _, count in pairs(counts) do most = math.max(most, count) end
local queue = {}
for i = 1, size // 10 do table.insert(queue, 1 + random() % (#queue + 1), i) end
local removed = 0
while #queue > 3 do removed = (removed * 7 + table.remove(queue, 1 + random() % #queue)) % 1000003 end
print(most, removed, table.unpack(queue))
