#!/usr/bin/env python3
"""Checks a 金桥 log without a line of its program: Python 3, standard library only.
  verify_log.py segment FILE...   segments of a journal or backup, in order    (events/src/log/journal.rs)
  verify_log.py export FILE       jinqiao log export --proof                   (events/src/log/proof.rs)
  verify_log.py proof FILE        jinqiao log prove                            (events/src/log/proof/document.rs)
  verify_log.py checkpoint FILE   jinqiao log checkpoint                       (events/src/log/proof/checkpoint.rs)
--checkpoint NOTE --key VKEY: size, root and signer. Says "ok: ..." (exit 0), or "wrong: ..." with the position (1)."""
import argparse, base64, datetime, functools, hashlib, io, json, struct, sys, uuid
class Wrong(Exception): pass
def need(ok, said):
    if not ok: raise Wrong(said)
M32, rol = 0xFFFFFFFF, lambda x, n: ((x << n % 32) | (x >> (32 - n % 32))) & 0xFFFFFFFF
mix = lambda x, i, j: x ^ rol(x, i) ^ rol(x, j)
def own_sm3(data):  # GB/T 32905
    v = [0x7380166F, 0x4914B2B9, 0x172442D7, 0xDA8A0600, 0xA96F30BC, 0x163138AA, 0xE38DEE4D, 0xB0FB0E4E]
    data += b"\x80" + bytes(-(len(data) + 9) % 64) + struct.pack(">Q", len(data) * 8)
    for at in range(0, len(data), 64):
        w = list(struct.unpack(">16I", data[at:at + 64]))
        for j in range(16, 68):
            w.append(mix(w[j - 16] ^ w[j - 9] ^ rol(w[j - 3], 15), 15, 23) ^ rol(w[j - 13], 7) ^ w[j - 6])
        a, b, c, d, e, f, g, h = v
        for j in range(64):
            s1 = rol((rol(a, 12) + e + rol(0x79CC4519 if j < 16 else 0x7A879D8A, j)) & M32, 7)
            ff, gg = (a ^ b ^ c, e ^ f ^ g) if j < 16 else ((a & b) | (a & c) | (b & c), (e & f) | (~e & g))
            t1, t2 = (ff + d + (s1 ^ rol(a, 12)) + (w[j] ^ w[j + 4])) & M32, (gg + h + s1 + w[j]) & M32
            a, b, c, d, e, f, g, h = t1, a, rol(b, 9), c, mix(t2, 9, 17), e, rol(f, 19), g
        v = [x ^ y for x, y in zip(v, (a, b, c, d, e, f, g, h))]
    return struct.pack(">8I", *v)
assert own_sm3(b"abc").hex() == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
HASHES = {"sm3": own_sm3, "sha256": lambda data: hashlib.sha256(data).digest()}
CRC = [functools.reduce(lambda c, _: c >> 1 ^ (0x82F63B78 & -(c & 1)), range(8), i) for i in range(256)]
def crc32c(data, start=0):
    return functools.reduce(lambda c, byte: CRC[(c ^ byte) & 255] ^ c >> 8, data, start ^ M32) ^ M32
u32, b64 = lambda n: struct.pack("<I", n), lambda text: base64.b64decode(text, validate=True)
class Tree:  # RFC 6962; proofs as in RFC 9162
    def __init__(self, name): self.name, self.h, self.size, self.edge = name, HASHES[name], 0, []
    def node(self, left, right): return self.h(b"\1" + left + right)
    def push(self, payload):
        leaf, n = self.h(b"\0" + payload), self.size
        while n & 1: leaf, n = self.node(self.edge.pop(), leaf), n >> 1
        self.edge, self.size = self.edge + [leaf], self.size + 1
    def root(self):
        if not self.edge: return self.h(b"")
        return functools.reduce(lambda right, left: self.node(left, right), self.edge[-2::-1], self.edge[-1])
def walk(tree, node, last, old, new, path):  # of both kinds of proof; `old` is None for inclusion
    for p in path:
        need(last > 0, "the path is too long")
        if node & 1 or node == last:
            old, new = old and tree.node(p, old), tree.node(p, new)
            while not node & 1: node, last = node >> 1, last >> 1
        else: new = tree.node(new, p)
        node, last = node >> 1, last >> 1
    return (old, new) if last == 0 else need(False, "the path is too short")
def check_proof(doc):
    tree, path = Tree(doc["hash"]), [bytes.fromhex(x) for x in doc["path"]]
    if doc["type"] == "jinqiao-inclusion-v1":
        at, size, root, leaf = doc["position"], doc["size"], bytes.fromhex(doc["root"]), tree.h(b"\0" + b64(doc["stored"]))
        need(1 <= at <= size and walk(tree, at - 1, size - 1, None, leaf, path)[1] == root, f"position {at}: other root")
        return doc["hash"], [(size, root)], f"position {at} is in the log of {size}"
    need(doc["type"] == "jinqiao-consistency-v1", "an unknown kind of proof")
    m, n, old, new = doc["from"], doc["to"], bytes.fromhex(doc["from_root"]), bytes.fromhex(doc["to_root"])
    if m in (0, n): got = ([], old) == (path, new if m else tree.h(b""))
    else:
        first, node, last = old if m & (m - 1) == 0 else path.pop(0), m - 1, n - 1
        while node & 1: node, last = node >> 1, last >> 1
        got = m < n and walk(tree, node, last, first, first, path) == (old, new)
    need(got, "the path leads to other roots")
    return doc["hash"], [(m, old), (n, new)], f"the log of {m} is a beginning of the log of {n}"
def mul(k, point, add, zero):
    while k: zero, point, k = add(zero, point) if k & 1 else zero, add(point, point), k >> 1
    return zero
P = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF  # SM2, GB/T 32918.5
A, N = P - 3, 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
B = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
G = (0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7,
     0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0)
def sm2_add(p, q):
    if not p or not q or p[0] == q[0] and (p[1] + q[1]) % P == 0: return (p or q) if not (p and q) else None
    s = (3 * p[0] ** 2 + A) * pow(2 * p[1], -1, P) if p == q else (q[1] - p[1]) * pow(q[0] - p[0], -1, P)
    x = (s * s - p[0] - q[0]) % P
    return x, (s * (p[0] - x) - p[1]) % P
def sm2_accepts(key, message, sig):
    x, y, r, s = (int.from_bytes(part, "big") for part in (key[1:33], key[33:], sig[:32], sig[32:]))
    t, curve = (r + s) % N, b"".join(n.to_bytes(32, "big") for n in (A, B, *G, x, y))
    za = own_sm3(b"\0\x80" + b"1234567812345678" + curve)
    need(len(key) == 65 and key[0] == 4 and not (y * y - x ** 3 - A * x - B) % P, "this is no SM2 key")
    point = sm2_add(mul(s, G, sm2_add, None), mul(t, (x, y), sm2_add, None))
    e = int.from_bytes(own_sm3(za + message), "big")
    return 0 < r < N and 0 < s < N and t > 0 and len(sig) == 64 and point is not None and (e + point[0]) % N == r
Q, L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493  # Ed25519, RFC 8032
D = -121665 * pow(121666, -1, Q) % Q
def ed_add(p, q):
    t = D * p[0] * q[0] * p[1] * q[1] % Q
    return ((p[0] * q[1] + p[1] * q[0]) * pow(1 + t, -1, Q) % Q, (p[1] * q[1] + p[0] * q[0]) * pow(1 - t, -1, Q) % Q)
def ed_point(raw):
    sign, y = divmod(int.from_bytes(raw, "little"), 2**255)
    xx = (y * y - 1) * pow(D * y * y + 1, -1, Q) % Q
    x = pow(xx, (Q + 3) // 8, Q)
    x = x * pow(2, (Q - 1) // 4, Q) % Q if (x * x - xx) % Q else x
    need(len(raw) == 32 and y < Q and (x * x - xx) % Q == 0, "no point of Ed25519")
    return (Q - x if x & 1 != sign else x), y
def ed_accepts(key, message, sig):
    s = int.from_bytes(sig[32:], "little")
    k = int.from_bytes(hashlib.sha512(sig[:32] + key + message).digest(), "little") % L
    return len(sig) == 64 and s < L and mul(s, ed_point(b"\x58" + b"\x66" * 31), ed_add, (0, 1)) == ed_add(
        ed_point(sig[:32]), mul(k, ed_point(key), ed_add, (0, 1)))
TYPES = {b"\xffjinqiao/sm2-sm3": ("sm3", sm2_accepts), b"\1": ("sha256", ed_accepts)}
def check_note(note, vkey):  # C2SP signed-note, tlog-checkpoint
    (name, key_id, _), typed = vkey.strip().split("+", 2), b64(vkey.strip().split("+", 2)[2])
    need(HASHES["sha256"](name.encode() + b"\n" + typed)[:4].hex() == key_id, "the key id does not belong to the key")
    prefix = next(t for t in TYPES if typed.startswith(t))
    text, _, lines = note.rpartition("\n\n")
    origin, size, root = text.split("\n")
    need(origin == name and lines.endswith("\n"), f"the checkpoint is about the log {origin}")
    own = [b64(line.split(" ")[2]) for line in lines.split("\n") if line.startswith(f"\u2014 {name} ")]
    accepts = lambda sig: TYPES[prefix][1](typed[len(prefix):], (text + "\n").encode(), sig[4:])
    need([accepts(sig) for sig in own if sig[:4].hex() == key_id] == [True], f"the checkpoint is not signed by {name}")
    return TYPES[prefix][0], int(size), b64(root)
def block_events(block, first):  # yields payloads; names the position of what is damaged
    (magic, form, codec, count, said), at = struct.unpack_from("<HBBIQ", block.ljust(16, b"\0")), 16
    for position in range(first, first + count):
        size, crc = struct.unpack_from("<II", block.ljust(at + 8, b"\0"), at)
        payload = block[at + 8:][:size]
        need(len(payload) == size and crc32c(payload) == crc, f"position {position}: its checksum does not hold")
        yield payload
        at += 8 + size
    need((magic, form, codec, said) == (0x514A, 1, 0, first) and u32(crc32c(block[:at])) == block[at:],
         f"position {first}: the block is damaged")
def segments(files):
    tree, store, position, since = None, None, 1, 1
    for name in files:
        raw, at = open(name, "rb").read() + bytes(32), 64
        own, seed = raw[16:32], crc32c(raw[16:32])
        need(raw[:8] == b"JQJOURNL" and u32(crc32c(raw[:60])) == raw[60:64] and (store or own) == own
             and raw[32:40] == struct.pack("<Q", position), f"position {position}: {name} is not what goes on there")
        tree, store = tree or Tree({1: "sm3", 2: "sha256"}[raw[10]]), own
        while any(memoryview(raw)[at:]):
            size, first, events, crc = struct.unpack_from("<IQII", raw, at + 4)
            need(raw[at:at + 4] == b"JQfr" and u32(crc32c(raw[at:at + 28], seed)) == raw[at + 28:at + 32]
                 and first == position, f"position {position}: the frame's header is damaged")
            body, sub = raw[at + 32:at + 32 + size], 0
            sound = crc32c(body, seed) == crc
            while sub + 8 <= len(body):
                kind, length = body[sub], struct.unpack_from("<I", body, sub + 4)[0]
                content, sub, since = body[sub + 8:][:length], sub + 8 + length, first if kind == 2 else since
                for payload in block_events(content, position) if kind == 1 else ():
                    tree.push(payload); position += 1
                need(kind not in (2, 3) or not sound or content == struct.pack("<Q", tree.size) + b"".join(tree.edge),
                     f"position {since} to {position - 1}: these events are not those that were committed")
            need(sound and position == first + events, f"position {first}: the frame is damaged")
            at, since = at + (32 + size + 7) // 8 * 8, first
    return tree
def number(r):
    byte = r.read(1)[0]
    return byte & 127 | (number(r) << 7 if byte > 127 else 0)
text, maybe = lambda r: r.read(number(r)).decode(), lambda r, read: read(r) if r.read(1)[0] else None
tidy = lambda e: {k: tidy(v) if isinstance(v, dict) else v for k, v in e.items() if v is not None}
def event_line(position, raw):  # the stored bytes (postcard) as the line of the export
    r = io.BytesIO(raw)
    e = {"position": position, "id": str(uuid.UUID(bytes=r.read(16))), "kind": text(r), "version": number(r)}
    e["occurred"], zigzag = text(r), number(r)
    when = datetime.datetime(1970, 1, 1) + datetime.timedelta(milliseconds=zigzag >> 1 ^ -(zigzag & 1))
    e["recorded_at"] = when.isoformat(timespec="milliseconds").rstrip("0").rstrip(".") + "Z"
    e |= {"recorded_by": maybe(r, text), "organisation": maybe(r, text)}
    e["source"] = maybe(r, lambda r: {"file": text(r), "sheet": maybe(r, text), "row": maybe(r, number),
                                      "hash": maybe(r, text)})
    e["programmes"], e["key"] = [text(r) for _ in range(number(r))] or None, maybe(r, text)
    e["digest"], _tags, body = maybe(r, lambda r: r.read(16).hex()), [text(r) for _ in range(number(r))], text(r)
    need(not r.read(), f"position {position}: the stored bytes go on")
    return json.dumps(tidy(e), ensure_ascii=False, separators=(",", ":"))[:-1] + ',"body":' + body
def export(file):
    tree = None
    for position, line in enumerate(open(file, "rb"), 1):
        try:
            proof = json.loads(line)["proof"]
            tree, raw = tree or Tree(proof["hash"]), b64(proof["stored"])
            need(tree.h(b"\0" + raw).hex() == proof["leaf"], "the stored bytes have another hash")
            said = f'{event_line(position, raw)},"proof":{json.dumps(proof, separators=(",", ":"))}}}\n'
            need(said.encode() == line, "the line does not say what the stored bytes say")
        except (Wrong, ValueError, KeyError, TypeError, IndexError) as error:
            raise Wrong(f"position {position}: {error}")
        tree.push(raw)
    return tree or need(False, "the export is empty")
def main(what, files, key, checkpoint):
    read = lambda name: open(name, encoding="utf-8", newline="\n").read()
    note = files[0] if what == "checkpoint" else checkpoint
    signed = check_note(read(note), read(key)) if note else None
    if what == "checkpoint": return f"checkpoint of {signed[1]} events, root {signed[2].hex()}"
    if what == "proof": name, heads, said = check_proof(json.loads(read(files[0])))
    else:
        tree = segments(files) if what == "segment" else export(files[0])
        name, heads, said = tree.name, [(tree.size, tree.root())], f"{tree.size} events, root {tree.root().hex()}"
    need(not signed or signed in [(name, *head) for head in heads], f"{said}: the checkpoint is about another tree")
    return said
parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("what", choices=["segment", "export", "proof", "checkpoint"])
for name, more in (("files", {"nargs": "+"}), ("--key", {}), ("--checkpoint", {})): parser.add_argument(name, **more)
try: print("ok:", main(**vars(parser.parse_args())))
except (Wrong, OSError, ValueError, KeyError, TypeError, IndexError, StopIteration, AttributeError, struct.error) as wrong:
    sys.exit(print(f"wrong: {wrong}") or 1)
