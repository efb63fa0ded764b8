-- Closures, coroutines, error handling (each protected call is a setjmp), metatables, finalizers, goto.
local rounds = tonumber(arg[1]) or 2000

local function primes(limit)
  return coroutine.wrap(function()
    local composite = {}
    for n = 2, limit do
      if not composite[n] then
        coroutine.yield(n)
        for multiple = n * n, limit, n do composite[multiple] = true end
      end
    end
  end)
end

local count, last = 0, 0
for prime in primes(rounds) do count, last = count + 1, prime end
print("primes", count, last)

local caught, sum = 0, 0
for i = 1, rounds do
  local ok, problem = pcall(function()
    if i % 3 == 0 then error({code = i}) end
    if i % 5 == 0 then return nil + i end
    return i
  end)
  if ok then sum = sum + problem
  elseif type(problem) == "table" then caught = caught + problem.code
  else caught = caught + 1 end
end
print("errors", caught, sum, select(2, pcall(error, "message", 0)), (select(2, xpcall(error, string.upper, "deep"))))

local function counter()
  local value = 0
  return setmetatable({}, {
    __call = function(_, step) value = value + step return value end,
    __index = function(_, name) return name .. value end,
    __close = function() print("closed at", value) end,
  })
end
do
  local c <close> = counter()
  for i = 1, rounds do c(i) end
  print("closure", c(0), c.value)
end

local pipeline = coroutine.create(function(...)
  local got = select("#", ...)
  while true do
    local ok, message = pcall(function() got = got + coroutine.yield(got) end)
    if not ok then return "ended: " .. tostring(message):gsub("^.-:%d+: ", "") end
  end
end)
coroutine.resume(pipeline, 1, 2, 3)
for i = 1, rounds do coroutine.resume(pipeline, i) end
print("pipeline", coroutine.resume(pipeline, 0))
print("pipeline", coroutine.resume(pipeline, {}))
print("status", coroutine.status(pipeline))

local collected = 0
for _ = 1, rounds do setmetatable({}, {__gc = function() collected = collected + 1 end}) end
collectgarbage()
collectgarbage()
print("collected", collected)
local function deep(n) if n == 0 then return 0 end return 1 + deep(n - 1) end
print("depth", deep(10000), (pcall(function() local function f() return 1 + f() end return f() end)))
