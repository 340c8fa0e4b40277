# What a release of nets_synth has to hold: scores of placements on 0-100, each with R's own interval, and lmer's shrunken scores.
source("common.R"); suppressPackageStartupMessages(library(lme4)); source("sets.R")
tight <- lmerControl(optimizer="bobyqa", optCtrl=list(rhobeg=.2, rhoend=1e-9, maxfun=100000))
scored <- function(items) {
 y <- (rowMeans(ni[items], na.rm=TRUE) - 1) * 25; y[rowMeans(!is.na(ni[items])) < .5] <- NA
 ok <- !is.na(y); d <- data.frame(y=y[ok], g=factor(ns$placement[ok]))
 f <- lmer(y ~ 1 + (1|g), d, REML=TRUE, control=tight); v <- as.data.frame(VarCorr(f)); re <- ranef(f, condVar=TRUE)$g
 ci <- sapply(split(d$y, d$g), function(x) if (length(x) > 1 && var(x) > 0) t.test(x)$conf.int else c(NA,NA))
 list(n=nobs(f), grand_mean=unname(fixef(f)), tau2=v$vcov[1], sigma2=v$vcov[2], placement=rownames(re),
  n_here=as.integer(table(d$g)), mean=as.numeric(tapply(d$y,d$g,mean)), sd=as.numeric(tapply(d$y,d$g,sd)),
  low=as.numeric(ci[1,]), high=as.numeric(ci[2,]), shrunken=unname(fixef(f)) + re[,1],
  reliability=1 - as.numeric(attr(re,"postVar"))/v$vcov[1]) }
put("nets__release", "nets_synth (group placement), items of each factor on 0-100", "lme4::lmer(y ~ 1 + (1|placement), REML), bobyqa to 1e-9; stats::t.test(y)$conf.int of each placement", lapply(nk, scored), "a score needs half of the items answered; reliability: 1 - postVar / variance of placements")
