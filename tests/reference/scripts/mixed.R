# Mixed models by lme4 and Satterthwaite's degrees of freedom by lmerTest. Writes data/mixed_synth.csv, simulated here from
# a stated truth with a stated seed: 900 learners in 60 placements of 15 providers, 3 years, 4 groups, some cells missing.
source("common.R"); suppressPackageStartupMessages({library(lme4); library(lmerTest)})
set.seed(20261)
n <- 900; provider_of <- rep(1:15, each=4)
placement <- sample(60, n, replace=TRUE, prob=rexp(60)+.1); provider <- provider_of[placement]; year <- sample(2023:2025, n, replace=TRUE)
group <- sample(c("AHP","medical","nursing","pharmacy"), n, replace=TRUE, prob=c(.2,.35,.35,.1)); level <- sample(5, n, replace=TRUE)
cell <- interaction(placement, year, drop=TRUE)
y <- 68 + rnorm(60,0,5)[placement] + rnorm(15,0,4)[provider] + c(-2,0,1.5)[year-2022] + rnorm(nlevels(cell),0,3)[cell] +
  c(AHP=0,medical=-4,nursing=1,pharmacy=3)[group] + .8*level + rnorm(n,0,12)
d <- data.frame(score=round(y,1), placement=sprintf("W%02d",placement), provider=sprintf("T%02d",provider), year=year, group=group, level=level)
d$score[sample(n,12)] <- NA; d$group[sample(n,9)] <- NA; d$level[sample(n,7)] <- NA
write.csv(d, file.path("data","mixed_synth.csv"), row.names=FALSE, na="", quote=FALSE)
d <- read.csv(file.path("data","mixed_synth.csv"), na.strings="")
tight <- lmerControl(optimizer="bobyqa", optCtrl=list(rhobeg=.2, rhoend=1e-9, maxfun=100000), check.conv.singular=.makeCC("ignore",tol=1e-4))
describe <- function(f, unit) { s <- summary(f)$coefficients; v <- as.data.frame(VarCorr(f)); re <- ranef(f, condVar=TRUE)
 list(n=nobs(f), fixed=list(name=rownames(s), estimate=unname(s[,1]), se=unname(s[,2]), df=unname(s[,3]), p=unname(s[,5])),
  variances=setNames(as.list(v$vcov), v$grp), logLik=as.numeric(logLik(f)),
  ranef=lapply(re, function(r) list(place=rownames(r), effect=r[,1])), cond_sd=sqrt(as.numeric(attr(re[[unit]],"postVar")))) }
fit <- function(formula, data, unit) describe(lmer(formula, data, REML=TRUE, control=tight), unit)
default <- function(formula, data) { v <- as.data.frame(VarCorr(lmer(formula, data, REML=TRUE))); setNames(as.list(v$vcov), v$grp) }
mixed <- list(
 crossed=score ~ relevel(factor(group),"nursing") + level + (1|placement) + (1|year),
 nested=score ~ relevel(factor(group),"medical") + level + (1|placement) + (1|provider) + (1|year),
 cells=score ~ relevel(factor(group),"medical") + level + (1|placement) + (1|provider) + (1|year) + (1|placement:year),
 alone=score ~ 1 + (1|placement))
out <- lapply(mixed, fit, data=d, unit="placement")
out$nested_default_control <- suppressMessages(default(mixed$nested, d))
ns <- read.csv(file.path("data","nets_synth.csv")); ns$F1 <- rowMeans(ns[sprintf("q%02d",1:6)]); ns$F4 <- rowMeans(ns[sprintf("q%02d",17:21)]); ns$gender <- factor(ns$gender)
out$nets_F1 <- fit(F1 ~ gender + relevel(factor(profession),"medical") + (1|placement), ns, "placement")
out$nets_F4_profession_level <- fit(F4 ~ gender + (1|placement) + (1|profession), ns, "placement")
put("mixed__lme4", "mixed_synth.csv (seed 20261); nets_synth.csv", "lme4::lmer(..., REML=TRUE), bobyqa to 1e-9; lmerTest::summary", out, "nested_default_control: lmer as it comes")
# Generalizability with missing answers: persons by items, and persons in placements by items, scale 2 of nets_synth.
items <- sprintf("q%02d", 7:11)
long <- data.frame(p=rep(ns$id, 5), pl=rep(ns$placement, 5), i=rep(items, each=nrow(ns)), y=as.numeric(as.matrix(ns[items])))
parts <- function(formula) { v <- as.data.frame(VarCorr(f <- lmer(formula, long, REML=TRUE, control=tight))); list(variances=setNames(as.list(v$vcov), v$grp), logLik=as.numeric(logLik(f)), n=nobs(f)) }
put("gtheory__missing", "nets_synth.csv, q07-q11, missing answers kept", "lme4::lmer, REML, bobyqa to 1e-9", list(pxi=parts(y~1+(1|p)+(1|i)), nested=parts(y~1+(1|pl)+(1|p)+(1|i)+(1|pl:i)), ip=parts(y~1+(1|p))))
