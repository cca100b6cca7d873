/* Stands for an ONNX Runtime that is older than the agent can use: has the one symbol of the real library,
   names the version that STUB_VERSION is, and knows no interface version from 14 on. */
#include <stddef.h>
#include <stdint.h>

typedef struct {
    const void* (*get)(uint32_t version);
    const char* (*version)(void);
} InterfaceBase;

static const void* get(uint32_t version) {
    (void)version;
    return NULL;
}

static const char* version(void) {
    return STUB_VERSION;
}

__attribute__((visibility("default"))) const InterfaceBase* OrtGetApiBase(void) {
    static const InterfaceBase base = {get, version};
    return &base;
}
