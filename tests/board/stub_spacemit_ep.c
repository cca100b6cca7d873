/* Stands for SpacemiT's provider library in tests: has its one C entry, and writes each call with its options
   to the file that QUANTWRIGHT_STUB_EP_LOG names. The session then runs on the CPU provider.
   QUANTWRIGHT_STUB_EP_ABORT=1 ends the process, as the provider does when its memory runs out;
   QUANTWRIGHT_STUB_EP_REJECT=WORDS makes it refuse with them; QUANTWRIGHT_STUB_EP_ABORT_AT_LOAD=1 ends the
   process as soon as the library is loaded. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct OrtStatus OrtStatus;
typedef struct OrtSessionOptions OrtSessionOptions;

/* The beginning of ONNX Runtime's interface: its first function makes a status. The runtime's own symbol is
   used, as the provider may do: whoever loads both must let it be seen. */
typedef struct {
    OrtStatus* (*create_status)(int code, const char* words);
} Interface;
typedef struct {
    const Interface* (*get)(uint32_t version);
} InterfaceBase;

static OrtStatus* refuse(const char* words) {
    const InterfaceBase* (*base)(void) = (const InterfaceBase* (*)(void))dlsym(RTLD_DEFAULT, "OrtGetApiBase");
    if (!base)
        abort();
    return base()->get(14)->create_status(1, words);
}

__attribute__((constructor)) static void loaded(void) {
    if (getenv("QUANTWRIGHT_STUB_EP_ABORT_AT_LOAD"))
        abort();
}

__attribute__((visibility("default"))) OrtStatus* OrtSessionOptionsSpaceMITEnvInit(OrtSessionOptions* options,
                                                                                   const char* const* keys,
                                                                                   const char* const* values,
                                                                                   size_t count) {
    puts("stub_spacemit_ep: libraries print what they like");
    fflush(stdout);
    const char* path = getenv("QUANTWRIGHT_STUB_EP_LOG");
    FILE* log = path ? fopen(path, "a") : NULL;
    if (log) {
        fprintf(log, "OrtSessionOptionsSpaceMITEnvInit %s %zu\n", options ? "options" : "null", count);
        for (size_t i = 0; i < count; ++i)
            fprintf(log, "%s=%s\n", keys[i], values[i]);
        fclose(log);
    }
    if (getenv("QUANTWRIGHT_STUB_EP_ABORT"))
        abort();
    const char* words = getenv("QUANTWRIGHT_STUB_EP_REJECT");
    return words ? refuse(words) : NULL;
}
