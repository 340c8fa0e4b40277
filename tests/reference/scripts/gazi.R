# The Gazi course evaluations: alpha of two scales of items, and what a release says of every class x instructor unit. A score is
# the mean of a response's answers on 0-100, which is what the survey makes of them.
source("common.R"); suppressPackageStartupMessages({library(psych); library(lme4)})
gazi <- read.csv("data/gazi_student_evaluation.csv")
unit <- interaction(gazi$class, gazi$instr, drop=TRUE)
exact <- lmerControl(optCtrl=list(xtol_abs=1e-12, ftol_abs=1e-12))
scale_of <- function(numbers) {
  x <- gazi[, paste0("Q", numbers)]; score <- rowMeans((x - 1) * 25)
  v <- as.data.frame(VarCorr(lmer(score ~ 1 + (1|unit), REML=TRUE, control=exact)))$vcov
  n <- c(table(unit)); mean <- tapply(score, unit, mean)
  list(alpha=suppressWarnings(psych::alpha(x))$total$raw_alpha, tau2=v[1], sigma2=v[2],
       units=lapply(split(seq_along(n), names(n)), function(i) list(n=n[[i]], mean=mean[[i]], reliability=v[1] / (v[1] + v[2] / n[[i]]))))
}
att("gazi__units", "gazi_student_evaluation (group class x instr)", "psych::alpha(x)$total$raw_alpha; lme4::lmer(score ~ 1 + (1|unit), REML=TRUE)",
    list(course=scale_of(1:12), instructor=scale_of(13:28)))
