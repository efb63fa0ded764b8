// Objects, prototypes, closures, regular expressions, JSON, sorting, exceptions, typed arrays, dates.
function print() { console.log(Array.prototype.join.call(arguments, ' ')); }

function Vector(x, y, z) { this.x = x; this.y = y; this.z = z; }
Vector.prototype.add = function (o) { return new Vector(this.x + o.x, this.y + o.y, this.z + o.z); };
Vector.prototype.scale = function (k) { return new Vector(this.x * k, this.y * k, this.z * k); };
Vector.prototype.dot = function (o) { return this.x * o.x + this.y * o.y + this.z * o.z; };

function orbits(steps) {
  var sun = new Vector(0, 0, 0), planet = new Vector(1, 0, 0), speed = new Vector(0, 0.8, 0.1);
  for (var i = 0; i < steps; i++) {
    var pull = planet.scale(-1 / Math.pow(planet.dot(planet), 1.5));
    speed = speed.add(pull.scale(0.001));
    planet = planet.add(speed.scale(0.001));
  }
  return planet.add(sun);
}

function sieve(limit) {
  var composite = new Uint8Array(limit), count = 0;
  for (var n = 2; n < limit; n++) {
    if (composite[n]) continue;
    count++;
    for (var m = n * n; m < limit; m += n) composite[m] = 1;
  }
  return count;
}

function words(rounds) {
  var counts = {}, text = '';
  for (var i = 0; i < rounds; i++) text += 'item-' + ((i * 7919) % 101).toString(36) + ' ';
  text.replace(/item-(\w+)/g, function (all, word) { counts[word] = (counts[word] || 0) + 1; return all; });
  return Object.keys(counts).sort(function (a, b) { return counts[b] - counts[a] || (a < b ? -1 : 1); })
    .slice(0, 5).map(function (word) { return word + '=' + counts[word]; }).join(',');
}

function unwind(depth) {
  if (depth === 0) throw new RangeError('bottom');
  try { unwind(depth - 1); } finally { unwind.passed = (unwind.passed || 0) + 1; }
}

print('orbit', orbits(4000).x.toFixed(9), orbits(4000).y.toFixed(9));
print('primes', sieve(30000));
print('words', words(2000));
for (var round = 0, caught = 0; round < 50; round++) {
  try { unwind(30); } catch (e) { if (e instanceof RangeError) caught++; }
}
print('unwound', caught, unwind.passed);
print(JSON.stringify({list: [1, 2.5, null, 'text\n'], nested: {deep: {er: true}}}, null, 1));
print(JSON.parse('[1,{"a":[2,3]}]')[1].a[1], parseFloat('1e-7'), (0.1 + 0.2).toString(), (255).toString(16), 1 / 3);
try { null.property; } catch (e) { print(e.name); }
try { JSON.parse('{oops'); } catch (e) { print(e.name); }
print([5, 3, 11, 1].sort(), [5, 3, 11, 1].sort(function (a, b) { return a - b; }), 'abc'.split('').reverse().join('-'));
print(new Date(Date.UTC(2026, 10, 21, 12, 30, 15)).toISOString(), typeof Symbol, encodeURIComponent('a b&ü'));
var sum = 0;
for (var i = 0; i < 60000; i++) sum = (sum * 33 + (i ^ (i >>> 3))) | 0;
print('sum', sum);
