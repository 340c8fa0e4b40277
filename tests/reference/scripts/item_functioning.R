# Ordinal logistic regression of each item on the mean of its scale, on profession, and on their product, as for differential item
# functioning: log-likelihoods and coefficients by ordinal::clm, whose search is Newton's, and by MASS::polr.
source("common.R"); suppressPackageStartupMessages({library(ordinal); library(MASS)})
d <- read.csv(file.path("data", "nets_synth_complete.csv")); items <- sprintf("q%02d", 22:26)
d$score <- rowMeans(d[items]); d$group <- relevel(factor(d$profession), names(which.max(table(d$profession))))
formulas <- list(none=y ~ 1, score=y ~ score, groups=y ~ score + group, both=y ~ score * group)
one <- function(item) { d$y <- ordered(d[[item]])
  fits <- lapply(formulas, clm, data=d, control=clm.control(gradTol=1e-10)); u <- summary(fits$groups)$coefficients
  polr_fits <- lapply(formulas[-1], polr, data=d, Hess=FALSE, control=list(reltol=1e-15, maxit=1000))
  g <- grep("^group", rownames(u))
  list(log_likelihoods=sapply(fits, function(f) as.numeric(logLik(f))), polr_log_likelihoods=sapply(polr_fits, function(f) as.numeric(logLik(f))),
    group=sub("^group", "", rownames(u)[g]), effects=unname(u[g,1]), effect_errors=unname(u[g,2]),
    p=with(anova(fits$score, fits$groups, fits$both), `Pr(>Chisq)`)[-1], p_both=anova(fits$score, fits$both)[2, "Pr(>Chisq)"]) }
put("item_functioning", "nets_synth_complete.csv, q22-q26 by profession", "ordinal::clm(y ~ score * group), MASS::polr", setNames(lapply(items, one), items))
