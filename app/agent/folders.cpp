#include "folders.h"

#include <sys/utsname.h>

#include <algorithm>
#include <filesystem>

namespace quantwright::agent {

namespace {

std::vector<std::string> sorted_entries(const std::string& folder, const std::string& prefix, bool folders) {
    std::vector<std::string> found;
    std::error_code error;
    for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end;
         entry.increment(error)) {
        std::error_code ignored;
        if (entry->path().filename().string().starts_with(prefix) && entry->is_directory(ignored) == folders)
            found.push_back(entry->path().string());
    }
    std::sort(found.begin(), found.end());
    return found;
}

}  // namespace

std::vector<std::string> files_beginning(const std::string& folder, const std::string& prefix) {
    return sorted_entries(folder, prefix, false);
}

std::vector<std::string> library_folders() {
    utsname system{};
    uname(&system);
    std::string triplet = system.machine;
    triplet += "-linux-gnu";
    std::vector<std::string> folders;
    for (const char* root : {"/usr/local/lib", "/usr/lib", "/lib"}) {
        folders.emplace_back(root);
        folders.push_back(folders.back() + "/" + triplet);
    }
    folders.emplace_back("/usr/lib64");
    // Archives of the vendor and of ONNX Runtime, as people unpack them.
    std::error_code ignored;
    for (const std::string& place : {std::string("/opt"), std::filesystem::current_path(ignored).string()})
        for (const char* name : {"spacemit-ort", "onnxruntime"})
            for (const std::string& unpacked : sorted_entries(place, name, true))
                folders.push_back(unpacked + "/lib");
    std::erase_if(folders,
                  [&](const std::string& folder) { return !std::filesystem::is_directory(folder, ignored); });
    return folders;
}

}  // namespace quantwright::agent
