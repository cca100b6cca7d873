#pragma once
// What is true of the samples, in the terms of a task.
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/images/input_reader.h"
#include "core/task/prediction.h"
#include "core/task/task.h"

namespace quantwright {

struct TruthBox {
    Box box;
    double area = 0;  ///< COCO's: of the object, which may be less than the box's
    int category = 0;
    bool crowd = false;
};

/// Of one image. `order` breaks ties between equal scores of different images, as pycocotools does: by id.
struct TruthBoxes {
    std::int64_t order = 0;
    std::vector<TruthBox> boxes;
};

/// Two samples by their numbers, and whether they show the same person or thing.
struct Pair {
    std::int64_t first = 0, second = 0;
    bool same = false;
};

enum class LabelFormat { coco, yolo, voc, masks, lines, pairs, folders, table, classes };
[[nodiscard]] std::string_view name_of(LabelFormat format);

/// Truth of the samples of a reader, by their numbers. Immutable.
struct Labels {
    using One =
        std::variant<std::monostate, TruthBoxes, std::filesystem::path, std::string, std::vector<double>>;

    TaskKind kind = TaskKind::none;
    LabelFormat format = LabelFormat::classes;
    std::vector<One> of;           ///< by sample; std::monostate: not labelled. Masks are read when needed
    std::vector<Pair> pairs = {};  ///< embedding
    std::vector<std::string> names = {};  ///< of the categories that the labels count in
    std::vector<Problem> problems = {};

    [[nodiscard]] std::int64_t labelled() const;
};

/// What a file or folder of labels can only be for; empty where that is open. A list of numbers is one of
/// classes. Errors: labels.unreadable.
Result<std::optional<TaskKind>> kind_of_labels(const std::filesystem::path& path);

/// COCO JSON, a folder of YOLO .txt or VOC .xml files, a folder of masks, `name<TAB>text`, `a b 0|1`, or
/// `name,v1,v2,…`, whichever the task takes; docs/tasks.md describes them. Categories are numbered as `names`
/// are where those are known and fit, else in the order of the labels' own. Errors: labels.unreadable
/// (subject: the file; detail: where), labels.other_task, images.labels_match_nothing.
Result<std::shared_ptr<const Labels>> load_labels(const std::filesystem::path& path, const Task& task,
                                                  const InputReader& reader);

/// Folders of identities, as the reader has them: every pair of the same, and of different ones as many as
/// fit in `most`, evenly chosen. Null where the samples have no labels.
[[nodiscard]] std::shared_ptr<const Labels> identity_pairs(const InputReader& reader,
                                                           std::int64_t most = 500'000);

/// A mask of classes: gray values of 8 or 16 bits, or the indices of a palette. Errors: labels.unreadable.
Result<Mask> read_mask(const std::filesystem::path& path);

}  // namespace quantwright
