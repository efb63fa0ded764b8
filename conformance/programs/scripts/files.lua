-- Files in the preopened directory: write, append, seek, read by line and by number, rename, remove.
local name = "lua-files.txt"
local out = assert(io.open(name, "w"))
for i = 1, 500 do out:write(i, " ", i * i, "\n") end
out:close()
local more <close> = assert(io.open(name, "a+"))
more:write("end\n")
more:seek("set", 0)
local sum, lines = 0, 0
for line in more:lines() do
  local n, square = line:match("^(%d+) (%d+)$")
  if n then sum = sum + square - n end
  lines = lines + 1
end
print(lines, sum, more:seek("end"))
assert(os.rename(name, "lua-renamed.txt"))
print((select(2, io.open(name, "r"))))
local back = assert(io.open("lua-renamed.txt"))
print(back:read("n", "n", "l", "L", 5))
back:close()
print(os.remove("lua-renamed.txt"), (select(2, os.remove("lua-renamed.txt"))))
print(os.getenv("NOT_SET"), io.read("l"), io.read("n"), (io.read("a"):gsub("%s+", " ")))
