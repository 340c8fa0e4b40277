# Units made of parts: providers of placements. Writes data/nested_units.csv, simulated here with a stated seed: "even", where lmer's
# restricted likelihood is what nested_unit_scores maximises, and "uneven", whose mean squares are those of anova().
source("common.R"); suppressPackageStartupMessages(library(lme4))
set.seed(20264)
draw <- function(set, provider, placement, n) {
 j <- rep(seq_along(placement), n); k <- rep(provider, n)
 data.frame(set=set, provider=sprintf("T%02d",k), placement=sprintf("W%03d",placement[j]),
  score=round(70 + rnorm(max(provider),0,5)[k] + rnorm(length(placement),0,6)[j] + rnorm(sum(n),0,15), 1)) }
parts <- c(1,2,7,3,5,12,4,2,9,6); uneven <- rep(seq_along(parts), parts)
d <- rbind(draw("even", rep(1:8, each=4), 1:32, rep(6,32)),
 draw("uneven", uneven, seq_along(uneven), 1+rgeom(length(uneven), .12)))
write.csv(d, file.path("data","nested_units.csv"), row.names=FALSE, quote=FALSE); d <- read.csv(file.path("data","nested_units.csv"))
tight <- lmerControl(optimizer="bobyqa", optCtrl=list(rhobeg=.2, rhoend=1e-9, maxfun=100000))
e <- d[d$set=="even",]; f <- lmer(score ~ 1 + (1|provider) + (1|placement), e, REML=TRUE, control=tight); re <- ranef(f, condVar=TRUE)
v <- as.data.frame(VarCorr(f)); between <- v$vcov[v$grp=="provider"]
even <- list(n=nobs(f), mean=unname(fixef(f)), variances=setNames(as.list(v$vcov), v$grp), provider=rownames(re$provider),
 shrunken=unname(fixef(f)) + re$provider[,1], reliability=1 - as.numeric(attr(re$provider,"postVar"))/between)
u <- d[d$set=="uneven",]; a <- anova(lm(score ~ provider + placement, u))
uneven <- list(n=nrow(u), ms=list(placement=a["placement","Mean Sq"], residual=a["Residuals","Mean Sq"]),
 df=list(placement=a["placement","Df"], residual=a["Residuals","Df"]), provider=sort(unique(u$provider)),
 mean=as.numeric(tapply(u$score,u$provider,mean)), sd=as.numeric(tapply(u$score,u$provider,sd)),
 placements=as.numeric(tapply(u$placement,u$provider,function(p) length(unique(p)))))
put("nested_units", "nested_units.csv (seed 20264)", "lme4::lmer(score ~ 1 + (1|provider) + (1|placement), REML), bobyqa to 1e-9; anova(lm(score ~ provider + placement))", list(even=even, uneven=uneven), "reliability: 1 - postVar / variance of providers")
