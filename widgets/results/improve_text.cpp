#include "widgets/results/improve_text.h"

#include "widgets/results/format.h"
#include "widgets/results/json_output.h"
#include "widgets/results/text.h"

namespace quantwright::results {

Json improve_json(const Improved& improved) {
    Json json = {{"level", improved.level},
                 {"complete", improved.complete},
                 {"images_fit", improved.images_fit},
                 {"images_judged", improved.images_judged},
                 {"steps", Json::array()}};
    for (const ImprovementStep& step : improved.steps) {
        Json one = {
            {"name", step.name}, {"kept", step.kept}, {"changed", step.changed}, {"seconds", step.seconds}};
        put(one, "snr_db_before", step.before_db);
        put(one, "snr_db_after", step.after_db);
        json["steps"].push_back(std::move(one));
    }
    return json;
}

QString improve_step(const std::string& step) {
    if (step == "ranges")
        return Cli::tr("Ranges chosen");
    if (step == "bias")
        return Cli::tr("Biases corrected");
    return Cli::tr("Weights rounded");
}

std::vector<std::pair<QString, QString>> improve_rows(const Improved& improved) {
    std::vector<std::pair<QString, QString>> rows;
    for (const ImprovementStep& step : improved.steps) {
        const QString change = Cli::tr("%1 → %2 on %n image(s) that it was not made from", nullptr,
                                       static_cast<int>(improved.images_judged))
                                   .arg(decibels(step.before_db), decibels(step.after_db));
        rows.emplace_back(improve_step(step.name), step.kept ? change : Cli::tr("%1: not kept").arg(change));
    }
    return rows;
}

}  // namespace quantwright::results
