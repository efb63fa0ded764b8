-- Calls: recursion with numbers and through a table of functions.
local n = tonumber(arg[1]) or 24

local function fib(k)
  if k < 2 then return k end
  return fib(k - 1) + fib(k - 2)
end

local machine = {}
function machine.ackermann(m, k)
  if m == 0 then return k + 1 end
  if k == 0 then return machine.ackermann(m - 1, 1) end
  return machine.ackermann(m - 1, machine.ackermann(m, k - 1))
end

print("fib", n, fib(n))
print("ackermann", machine.ackermann(2, n * 4))
