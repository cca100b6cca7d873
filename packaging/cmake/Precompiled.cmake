# Qt's headers with what nearly every window source or test reads besides, compiled once for each of the two:
# half of the time such a source takes. (Sources of core would save a tenth.) With
# -DCMAKE_DISABLE_PRECOMPILE_HEADERS=ON each source shows whether it includes what it needs by itself.
set(quantwright_common_headers <algorithm> <filesystem> <functional> <map> <memory> <optional> <set> <span> <string>
    <vector> <nlohmann/json.hpp> <tl/expected.hpp>)

# quantwright_precompile(window|tests|window_tests TARGET)
function(quantwright_precompile kind target)
    set(owner quantwright_${kind}_headers)
    if("${kind}" MATCHES "tests")  # Qt defines a folder's name for each folder of tests
        get_filename_component(folder "${CMAKE_CURRENT_SOURCE_DIR}" NAME)
        string(APPEND owner _${folder})
    endif()
    if(NOT TARGET ${owner})
        set(source "${PROJECT_BINARY_DIR}/generated/${owner}.cpp")
        file(CONFIGURE OUTPUT "${source}" CONTENT "int main() {}\n")
        # Programs and libraries are compiled differently: the owner is what its readers are.
        if("${kind}" MATCHES "tests")
            add_executable(${owner} "${source}")
            target_link_libraries(${owner} PRIVATE Qt6::Test quantwright_onnx)
            if("${kind}" STREQUAL "window_tests")
                target_link_libraries(${owner} PRIVATE Qt6::Widgets)
                target_precompile_headers(${owner} PRIVATE <QtWidgets>)
            endif()
            target_precompile_headers(${owner} PRIVATE <QtTest> <onnx/onnx_pb.h> ${quantwright_common_headers})
        else()
            add_library(${owner} STATIC "${source}")
            target_link_libraries(${owner} PRIVATE Qt6::Widgets tl::expected nlohmann_json::nlohmann_json)
            target_precompile_headers(${owner} PRIVATE <QtWidgets> ${quantwright_common_headers})
        endif()
        set_target_properties(${owner} PROPERTIES AUTOMOC OFF)
    endif()
    target_precompile_headers(${target} REUSE_FROM ${owner})
    # GCC 12 warns of std::string's own code (GCC bug 105762), which a precompiled header does not mark as the
    # system's.
    target_compile_options(${target} PRIVATE -Wno-stringop-overflow -Wno-array-bounds)
endfunction()
