# ONNX Runtime: ONNXRUNTIME_ROOT (include/ and lib/), else what packaging/setup keeps in the user's
# cache folder, else the system's package (Debian 13 and newer).
set(ONNXRUNTIME_ROOT "" CACHE PATH "Folder with include/ and lib/ of ONNX Runtime")

if(DEFINED ENV{XDG_CACHE_HOME})
    set(_onnxruntime_cache "$ENV{XDG_CACHE_HOME}/quantwright/onnxruntime")
else()
    set(_onnxruntime_cache "$ENV{HOME}/.cache/quantwright/onnxruntime")
endif()

find_path(OnnxRuntime_INCLUDE_DIR onnxruntime_cxx_api.h
    HINTS "${ONNXRUNTIME_ROOT}/include" "${_onnxruntime_cache}/include"
    PATH_SUFFIXES onnxruntime onnxruntime/core/session)
find_library(OnnxRuntime_LIBRARY onnxruntime
    HINTS "${ONNXRUNTIME_ROOT}/lib" "${_onnxruntime_cache}/lib")

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(OnnxRuntime
    REQUIRED_VARS OnnxRuntime_LIBRARY OnnxRuntime_INCLUDE_DIR
    REASON_FAILURE_MESSAGE "run packaging/setup, or give -DONNXRUNTIME_ROOT=")

if(OnnxRuntime_FOUND AND NOT TARGET OnnxRuntime::OnnxRuntime)
    add_library(OnnxRuntime::OnnxRuntime SHARED IMPORTED)
    set_target_properties(OnnxRuntime::OnnxRuntime PROPERTIES
        IMPORTED_LOCATION "${OnnxRuntime_LIBRARY}"
        IMPORTED_NO_SONAME FALSE
        INTERFACE_INCLUDE_DIRECTORIES "${OnnxRuntime_INCLUDE_DIR}")
endif()
mark_as_advanced(OnnxRuntime_INCLUDE_DIR OnnxRuntime_LIBRARY)
