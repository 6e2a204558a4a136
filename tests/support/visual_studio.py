"""Stand-ins for the libraries of Visual Studio and of the Windows SDK, for a linker on Linux.

Microsoft's own may not be passed on, and no machine here can load them. What an `-msvc` target
links is therefore made of parts that zig has: import libraries from MinGW's lists of what the DLLs
of Windows export, and a `msvcrt.lib` with the few things that the real one links into a DLL itself.
Like the real one it asks CPUID and XGETBV about the CPU before anything else runs.
"""

import os
import re
import subprocess
from pathlib import Path

TARGET = "x86_64-pc-windows-msvc"
# Library and its list.
_IMPORTS = ("kernel32", "ntdll", "userenv", "ws2_32", "dbghelp", "vcruntime140")
_START = """\
typedef void (*call)(void);
typedef int (*call_i)(void);
#define IN(name) __attribute__((section(name), used))

int _fltused = 0x9875;
int __isa_available = 0;
/* The type of all that C++ and Rust throw. */
void *type_info[1] __asm__("??_7type_info@@6B@") = {0};

unsigned long _tls_index = 0;
IN(".tls") char *_tls_start = 0;
IN(".tls$ZZZ") char *_tls_end = 0;
IN(".CRT$XLA") call __xl_a = 0;
IN(".CRT$XLZ") call __xl_z = 0;
struct { void *start, *end, *index, *calls; unsigned long zero, flags; } const
  _tls_used IN(".rdata$T") = {&_tls_start, &_tls_end, &_tls_index, &__xl_a + 1, 0, 0};

IN(".CRT$XIA") call_i __xi_a = 0;
IN(".CRT$XIZ") call_i __xi_z = 0;
IN(".CRT$XCA") call __xc_a = 0;
IN(".CRT$XCZ") call __xc_z = 0;

__attribute__((noinline)) int __isa_available_init(void) {
  unsigned a = 1, b, c = 0, d;
  __asm__("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
  if (c & (1u << 27)) {
    __asm__("xgetbv" : "=a"(a), "=d"(d) : "c"(0));
    __isa_available = (c & (1u << 28)) && (a & 6) == 6 ? 3 : 2;
  }
  return 0;
}

int _DllMainCRTStartup(void *module, unsigned long reason, void *reserved) {
  if (reason == 1) {
    __isa_available_init();
    for (call_i volatile *each = &__xi_a + 1; each < &__xi_z; each++)
      if (*each && (*each)()) return 0;
    for (call volatile *each = &__xc_a + 1; each < &__xc_z; each++)
      if (*each) (*each)();
  }
  return 1;
}
"""
# What a compiler calls before it takes more than a page of the stack: touches each page on the way.
_STACK = """\
.globl __chkstk
__chkstk:
  push %rcx
  push %rax
  cmp $0x1000, %rax
  lea 24(%rsp), %rcx
  jb 2f
1:
  sub $0x1000, %rcx
  test %rcx, (%rcx)
  sub $0x1000, %rax
  cmp $0x1000, %rax
  ja 1b
2:
  sub %rax, %rcx
  test %rcx, (%rcx)
  pop %rax
  pop %rcx
  ret
"""


def make(folder, zig):
    """Make the libraries in a folder; `zig` is the program. The variable `LIB` is to name it."""
    folder.mkdir(parents=True, exist_ok=True)
    lists = Path(zig).parent / "lib/libc/mingw"
    env = os.environ | {"ZIG_GLOBAL_CACHE_DIR": str(folder / "cache")}

    def run(*argv):
        argv = [str(zig), *map(str, argv)]
        done = subprocess.run(
            argv, cwd=folder, env=env, check=False, capture_output=True, text=True
        )
        assert done.returncode == 0, f"{argv}\n{done.stdout}{done.stderr}"
        return done.stdout

    # What one of these has is for programs without `vcruntime140.dll`.
    found = lists.glob("lib-common/api-ms-win-crt-*")
    crt = sorted(path.name.partition(".")[0] for path in found if "-private-" not in path.name)
    for name in (*_IMPORTS, *crt):
        source = next(lists.glob(f"lib-common/{name}.def*"))
        text = source.read_text()
        if source.suffix == ".in":
            include = ["-I", lists / "def-include", "-I", source.parent]
            words = ["-target", "x86_64-windows-gnu", "-E", "-P", "-xc", "-undef", *include]
            text = run("cc", *words, "-D__x86_64__", source)
        (folder / f"{name}.def").write_text(_exports(text))
        run("lib", f"-def:{name}.def", "-machine:x64", f"-out:{name}.lib")
    (folder / "start.c").write_text(_START)
    (folder / "stack.S").write_text(_STACK)
    words = ["-target", "x86_64-windows-msvc", "-O2", "-fno-sanitize=undefined", "-ffreestanding"]
    words += ["-fno-stack-protector", "-fno-builtin"]
    for source in ("start.c", "stack.S"):
        run("cc", *words, "-c", source, "-o", f"{source[:5]}.obj")
    # The C standard library's older functions for printing, of which nothing here has a use.
    run("lib", "-out:legacy_stdio_definitions.lib", "stack.obj")
    # One library for three: the real one asks for the other two.
    more = [f"{name}.lib" for name in ("vcruntime140", *crt)]
    run("lib", "-out:msvcrt.lib", "start.obj", "stack.obj", *more)


def _exports(text):
    """Return a list without MinGW's own aliases and what decorates names on 32 bits."""
    kept = (line for line in text.splitlines() if "==" not in line)
    return "".join(re.sub(r"(?<=\w)@\d+", "", line) + "\n" for line in kept)
