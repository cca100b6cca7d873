# Warnings, sanitizers and ccache for every target of the project.
option(QUANTWRIGHT_WERROR "Treat warnings as errors" OFF)
set(QUANTWRIGHT_SANITIZE "" CACHE STRING "Sanitizers, as -fsanitize= takes them")

# -Wrestrict of GCC 12 warns of std::string's own operator+ (GCC bug 105651).
add_compile_options(-Wall -Wextra -Wno-restrict)
if(QUANTWRIGHT_WERROR)
    add_compile_options(-Werror)
endif()
if(QUANTWRIGHT_SANITIZE)
    add_compile_options(-fsanitize=${QUANTWRIGHT_SANITIZE} -fno-omit-frame-pointer)
    add_link_options(-fsanitize=${QUANTWRIGHT_SANITIZE})
endif()

# Agreement with the double-precision reference and with ONNX Runtime to the last code needs a*b+c
# rounded twice everywhere, whatever the compiler could fuse.
add_compile_options(-ffp-contract=off)

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
    # Precompiled headers carry time stamps that ccache must be told to overlook.
    set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env
        CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
        CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} ${CCACHE_PROGRAM})
    add_compile_options(-fpch-preprocess)
endif()
