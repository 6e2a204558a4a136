#include <dlfcn.h>
#include <stdio.h>
/* Stands for a Python: enough of it for a module's init to get through its guard. */
static char error_name[] = "ImportError";
void *PyExc_ImportError = error_name;
static int refused;
void PyErr_SetString(void *type, const char *text) { (void)type; refused = 1; printf("refused: %s\n", text); }
void *PyModuleDef_Init(void *def) { return def; }
void *PyInterpreterState_Get(void) { return error_name; }
long PyInterpreterState_GetID(void *s) { (void)s; return 0; }
int main(int argc, char **argv) {
  if (argc < 3) return 2;
  void *file = dlopen(argv[1], RTLD_LAZY);
  if (!file) { printf("not loaded: %s\n", dlerror()); return 1; }
  void *(*init)(void) = (void *(*)(void))dlsym(file, argv[2]);
  if (!init) { printf("no init: %s\n", dlerror()); return 1; }
  void *module = init();
  if (module) printf("initialised\n");
  return module ? 0 : (refused ? 3 : 1);
}
