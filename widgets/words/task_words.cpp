// The words of tasks, their labels and figures.
#include <QCoreApplication>
#include <array>

#include "widgets/words/words.h"

namespace quantwright::words {

namespace {

struct Tr {
    Q_DECLARE_TR_FUNCTIONS(Words)
};

struct FigureWords {
    const char* name;
    const char* words;
    const char* shortly = nullptr;
};
constexpr std::array figures = {
    FigureWords{"top1", QT_TRANSLATE_NOOP("Words", "Top-1")},
    FigureWords{"top5", QT_TRANSLATE_NOOP("Words", "Top-5")},
    FigureWords{"agreement", QT_TRANSLATE_NOOP("Words", "Agreement")},
    FigureWords{"map", QT_TRANSLATE_NOOP("Words", "mAP")},
    FigureWords{"map50", QT_TRANSLATE_NOOP("Words", "mAP@.5")},
    FigureWords{"map75", QT_TRANSLATE_NOOP("Words", "mAP@.75")},
    FigureWords{"map_small", QT_TRANSLATE_NOOP("Words", "mAP, small")},
    FigureWords{"map_medium", QT_TRANSLATE_NOOP("Words", "mAP, medium")},
    FigureWords{"map_large", QT_TRANSLATE_NOOP("Words", "mAP, large")},
    FigureWords{"recall_1", QT_TRANSLATE_NOOP("Words", "Recall, 1 box")},
    FigureWords{"recall_10", QT_TRANSLATE_NOOP("Words", "Recall, 10 boxes")},
    FigureWords{"recall_100", QT_TRANSLATE_NOOP("Words", "Recall, 100 boxes")},
    FigureWords{"recall_small", QT_TRANSLATE_NOOP("Words", "Recall, small")},
    FigureWords{"recall_medium", QT_TRANSLATE_NOOP("Words", "Recall, medium")},
    FigureWords{"recall_large", QT_TRANSLATE_NOOP("Words", "Recall, large")},
    FigureWords{"agreement_map50", QT_TRANSLATE_NOOP("Words", "mAP@.5 against float's boxes"),
                QT_TRANSLATE_NOOP("Words", "mAP@.5 to float")},
    FigureWords{"agreement_map", QT_TRANSLATE_NOOP("Words", "mAP against float's boxes"),
                QT_TRANSLATE_NOOP("Words", "mAP to float")},
    FigureWords{"miou", QT_TRANSLATE_NOOP("Words", "mIoU")},
    FigureWords{"pixel_accuracy", QT_TRANSLATE_NOOP("Words", "Pixel accuracy")},
    FigureWords{"agreement_miou", QT_TRANSLATE_NOOP("Words", "mIoU against float's masks"),
                QT_TRANSLATE_NOOP("Words", "mIoU to float")},
    FigureWords{"agreement_pixels", QT_TRANSLATE_NOOP("Words", "Pixels as float's")},
    FigureWords{"exact", QT_TRANSLATE_NOOP("Words", "Exact texts")},
    FigureWords{"char_error_rate", QT_TRANSLATE_NOOP("Words", "Character error rate")},
    FigureWords{"same_text", QT_TRANSLATE_NOOP("Words", "Same text as float"),
                QT_TRANSLATE_NOOP("Words", "Same text")},
    FigureWords{"verification_accuracy", QT_TRANSLATE_NOOP("Words", "Verification accuracy")},
    FigureWords{"auc", QT_TRANSLATE_NOOP("Words", "AUC")},
    FigureWords{"mean_cosine", QT_TRANSLATE_NOOP("Words", "Mean cosine to float"),
                QT_TRANSLATE_NOOP("Words", "Cosine to float")},
    FigureWords{"mae", QT_TRANSLATE_NOOP("Words", "Mean absolute error")},
    FigureWords{"rmse", QT_TRANSLATE_NOOP("Words", "Root mean square error")},
    FigureWords{"mae_to_float", QT_TRANSLATE_NOOP("Words", "Mean absolute error to float"),
                QT_TRANSLATE_NOOP("Words", "MAE to float")},
};

}  // namespace

QString name(TaskKind kind) {
    switch (kind) {
        case TaskKind::none:
            return Tr::tr("none", "task");
        case TaskKind::classification:
            return Tr::tr("classification");
        case TaskKind::detection:
            return Tr::tr("detection");
        case TaskKind::segmentation:
            return Tr::tr("segmentation");
        case TaskKind::text:
            return Tr::tr("text recognition");
        case TaskKind::embedding:
            return Tr::tr("embedding");
        case TaskKind::regression:
            return Tr::tr("regression");
    }
    return {};
}

QString name(LabelFormat format) {
    switch (format) {
        case LabelFormat::coco:
            return Tr::tr("COCO JSON");
        case LabelFormat::yolo:
            return Tr::tr("YOLO text files");
        case LabelFormat::voc:
            return Tr::tr("Pascal VOC XML");
        case LabelFormat::masks:
            return Tr::tr("masks");
        case LabelFormat::lines:
            return Tr::tr("a list of texts");
        case LabelFormat::pairs:
            return Tr::tr("a list of pairs");
        case LabelFormat::folders:
            return Tr::tr("folders of identities");
        case LabelFormat::table:
            return Tr::tr("a table of values");
        case LabelFormat::classes:
            return Tr::tr("classes");
    }
    return {};
}

QString sentence(const Evidence& evidence) {
    const QString what = QString::fromStdString(evidence.what);
    switch (evidence.kind) {
        case Evidence::Kind::chosen:
            return Tr::tr("chosen: %1").arg(what);
        case Evidence::Kind::metadata:
            return Tr::tr("the model's metadata say %1").arg(what);
        case Evidence::Kind::labels:
            return Tr::tr("the labels are for %1").arg(what);
        case Evidence::Kind::output:
            return Tr::tr("it gives %1").arg(what);
        case Evidence::Kind::node:
            return Tr::tr("the graph has %1").arg(what);
    }
    return {};
}

QString figure(const std::string& name) {
    for (const FigureWords& one : figures)
        if (name == one.name)
            return Tr::tr(one.words);
    return QString::fromStdString(name);
}

QString figureShortly(const std::string& name) {
    for (const FigureWords& one : figures)
        if (name == one.name && one.shortly)
            return Tr::tr(one.shortly);
    return figure(name);
}

QString taskName(const Task& task) {
    return task.decoder.empty() || task.decoder == name_of(task.kind)
               ? name(task.kind)
               //: A task, then the decoder that reads the outputs for it
               : Tr::tr("%1 (%2)").arg(name(task.kind), QString::fromStdString(task.decoder));
}

QStringList taskReasons(const Task& task) {
    QStringList reasons;
    for (const Evidence& evidence : task.why)
        reasons << sentence(evidence);
    return reasons;
}

}  // namespace quantwright::words
