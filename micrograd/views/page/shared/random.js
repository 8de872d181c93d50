// Python's random.Random(seed), number for number: the Mersenne Twister.
// Source: Matsumoto & Nishimura 1998; Python's seeding of it, init_by_array, is from their program of 2002.

class PythonRandom {
  // The seed is a whole number, a BigInt among them, or a text.
  constructor(seed) {
    const key = seedWords(typeof seed === "string" ? seedOfText(seed) : BigInt(seed));
    const state = new Uint32Array(624);
    state[0] = 19650218;
    for (let i = 1; i < 624; i += 1) state[i] = Math.imul(1812433253, twisted(state[i - 1])) + i;
    const rounds = Math.max(624, key.length);
    for (let k = 0, i = 1, j = 0; k < rounds + 623; k += 1) {
      if (k < rounds) state[i] = (state[i] ^ Math.imul(twisted(state[i - 1]), 1664525)) + key[j] + j;
      else state[i] = (state[i] ^ Math.imul(twisted(state[i - 1]), 1566083941)) - i;
      if (i === 623) state[0] = state[623];
      i = i === 623 ? 1 : i + 1;
      j = j === key.length - 1 ? 0 : j + 1;
    }
    state[0] = 0x80000000;
    this.state = state;
    this.place = 624;
  }

  // The next 32 bits.
  word() {
    const state = this.state;
    if (this.place === 624) {
      for (let k = 0; k < 624; k += 1) {
        const joint = (state[k] & 0x80000000) | (state[(k + 1) % 624] & 0x7fffffff);
        state[k] = state[(k + 397) % 624] ^ (joint >>> 1) ^ (joint & 1 ? 0x9908b0df : 0);
      }
      this.place = 0;
    }
    let bits = state[this.place];
    this.place += 1;
    bits ^= bits >>> 11;
    bits ^= (bits << 7) & 0x9d2c5680;
    bits ^= (bits << 15) & 0xefc60000;
    return (bits ^ (bits >>> 18)) >>> 0;
  }

  // A whole number of 1 to 32 bits.
  getrandbits(count) {
    return this.word() >>> (32 - count);
  }

  random() {
    const high = this.word() >>> 5, low = this.word() >>> 6;
    return (high * 67108864 + low) / 9007199254740992;
  }

  uniform(a, b) {
    return a + (b - a) * this.random();
  }

  shuffle(list) {
    for (let place = list.length - 1; place > 0; place -= 1) {
      const bits = 32 - Math.clz32(place + 1);
      let other = this.getrandbits(bits);
      while (other > place) other = this.getrandbits(bits);
      const moved = list[place];
      list[place] = list[other];
      list[other] = moved;
    }
  }
}

// The rows of an epoch in the order in which they are taken, where so many steps were taken before it: as Schedule.order.
function epochOrder(rows, seed, step) {
  const order = Int32Array.from({ length: rows }, (_, row) => row);
  new PythonRandom(`${seed}, ${step}`).shuffle(order);
  return order;
}

function twisted(word) {
  return word ^ (word >>> 30);
}

// A whole number in words of 32 bits, the lowest first; of -3 that of 3, as Python has it.
function seedWords(number) {
  const words = [];
  for (let rest = number < 0n ? -number : number; rest > 0n; rest >>= 32n) words.push(Number(rest & 0xffffffffn));
  return words.length ? words : [0];
}

// What Python seeds with for a text: its bytes in UTF-8 and their digest, read as one number.
function seedOfText(text) {
  const bytes = new TextEncoder().encode(text);
  const hex = (byte) => byte.toString(16).padStart(2, "0");
  return BigInt(`0x${Array.from(bytes, hex).join("")}${sha512(bytes)}`);
}

// SHA-512 of bytes, in hexadecimal. Source: FIPS 180-4.
function sha512(bytes) {
  const blocks = new Uint8Array(Math.ceil((bytes.length + 17) / 128) * 128);
  blocks.set(bytes);
  blocks[bytes.length] = 128;
  const view = new DataView(blocks.buffer);
  view.setBigUint64(blocks.length - 8, BigInt(8 * bytes.length));
  const sums = SHA_START.slice(), words = new BigUint64Array(80);
  for (let block = 0; block < blocks.length; block += 128) {
    let [a, b, c, d, e, f, g, h] = sums;
    for (let i = 0; i < 80; i += 1) {
      words[i] = i < 16 ? view.getBigUint64(block + 8 * i) : shaWord(words, i);
      const choice = (e & f) ^ (~e & g), majority = (a & b) ^ (a & c) ^ (b & c);
      const one = h + (shaTurned(e, 14n) ^ shaTurned(e, 18n) ^ shaTurned(e, 41n)) + choice + SHA_STEPS[i] + words[i];
      const two = (shaTurned(a, 28n) ^ shaTurned(a, 34n) ^ shaTurned(a, 39n)) + majority;
      [h, g, f, e] = [g, f, e, BigInt.asUintN(64, d + one)];
      [d, c, b, a] = [c, b, a, BigInt.asUintN(64, one + two)];
    }
    [a, b, c, d, e, f, g, h].forEach((word, i) => {
      sums[i] += word; // an array of 64 bits each leaves out what is above them
    });
  }
  return Array.from(sums, (word) => word.toString(16).padStart(16, "0")).join("");
}

function shaWord(words, i) {
  const old = words[i - 15], late = words[i - 2];
  const low = shaTurned(old, 1n) ^ shaTurned(old, 8n) ^ (old >> 7n);
  const high = shaTurned(late, 19n) ^ shaTurned(late, 61n) ^ (late >> 6n);
  return words[i - 16] + low + words[i - 7] + high;
}

function shaTurned(word, bits) {
  return BigInt.asUintN(64, (word >> bits) | (word << (64n - bits)));
}

// The first 64 bits behind the point of the roots of the first primes, by Newton's steps from above.
function shaRoots(degree, count) {
  return BigUint64Array.from(SHA_PRIMES.slice(0, count), (prime) => {
    const number = prime << (64n * degree);
    for (let root = 1n << 70n; ; ) {
      const next = (root * (degree - 1n) + number / root ** (degree - 1n)) / degree;
      if (next >= root) return root;
      root = next;
    }
  });
}

const SHA_PRIMES = [];
for (let number = 2n; SHA_PRIMES.length < 80; number += 1n) if (SHA_PRIMES.every((prime) => number % prime)) SHA_PRIMES.push(number);
const SHA_START = shaRoots(2n, 8), SHA_STEPS = shaRoots(3n, 80);
