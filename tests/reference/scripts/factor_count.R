# Null eigenvalues of parallel analysis, summed up over draws, and average partial correlations by another road than ours.
source("common.R"); suppressPackageStartupMessages({library(psych);library(lavaan)}); source("sets.R"); options(mc.cores=1)
long <- length(commandArgs(TRUE)) > 0 # with any argument: the parts that take minutes as well
# What a sample of draws says of each place: mean, sd, quantile, and the standard error of that quantile by bootstrap.
told <- function(v) { q <- function(m) apply(m,2,quantile,.95); list(draws=nrow(v),mean=colMeans(v),sd=apply(v,2,sd),q95=unname(q(v)),q95_se=apply(replicate(500,q(v[sample(nrow(v),replace=TRUE),])),1,sd)) }
reduced <- function(R) { diag(R) <- smc(R); eigen(R,symmetric=TRUE,only.values=TRUE)$values }
sets <- list(bfi=bi,nets=ni,nets_complete=nci,lq2002=li,bhr2000=bhi,hs1939=hi)
for(n in names(sets)) { x<-as.matrix(sets[[n]]); p<-ncol(x); set.seed(11)
 f<-suppressWarnings(suppressMessages(fa.parallel(x,fa="both",n.iter=400,plot=FALSE,SMC=TRUE,quant=.95))); v<-f$values
 part<-function(k) told(v[,(k-1)*p+1:p])
 put(paste0(n,"__parallel_pearson"),n,"set.seed(11); psych::fa.parallel(x,fa='both',n.iter=400,SMC=TRUE,quant=.95)$values; resampled: each column with replacement; normal: rnorm",
  list(nfact=f$nfact,ncomp=f$ncomp,fa_values=f$fa.values,pc_values=f$pc.values,resampled=list(components=part(1),factors=part(2)),normal=list(components=part(3),factors=part(4)))) }
# Partial correlations of the items given their first m principal components, whose correlations with the items are the loadings.
partials <- function(R) { e<-eigen(R,symmetric=TRUE); p<-nrow(R); t(sapply(1:(p-1),function(m) { L<-e$vectors[,1:m,drop=FALSE]%*%diag(sqrt(e$values[1:m]),m); big<-rbind(cbind(R,L),cbind(t(L),diag(m))); dimnames(big)<-list(paste0("v",1:(p+m)),paste0("v",1:(p+m))); q<-as.matrix(partial.r(big,paste0("v",1:p),paste0("v",p+1:m))); o<-q[lower.tri(q)]; c(mean(o^2),mean(o^4)) })) }
harman <- matrix(0,8,8); harman[lower.tri(harman)] <- c(.846,.805,.859,.473,.398,.301,.382,.881,.826,.376,.326,.277,.415,.801,.380,.319,.237,.345,.436,.329,.327,.365,.762,.730,.629,.583,.577,.539); harman <- harman+t(harman)+diag(8)
m<-lapply(c(lapply(sets,function(x) cor(x,use="pairwise")),list(harman=harman)),function(R) { a<-partials(R); o<-R[lower.tri(R)]; list(square=c(mean(o^2),a[,1]),fourth=c(mean(o^4),a[,2])) }); m$harman$R<-mat(harman)
put("average_partial","bfi, nets, nets_complete, lq2002, bhr2000, hs1939 (pairwise Pearson); harman: the eight physical variables of Harman (1967, p. 80)","psych::partial.r(R augmented by m principal components, items, components): means of squares and of fourth powers, m = 0..p-1",m)
if(long) for(n in c("lq2002","bhr2000","nets_complete","nets","bfi")) { x<-sets[[n]]; set.seed(12); N<-if(n=="lq2002"||n=="bhr2000") 400 else 200
 shuffled<-function() { for(j in seq_along(x)) { there<-which(!is.na(x[[j]])); x[there,j]<-x[sample(there),j] }; x }
 d<-replicate(N,{ R<-unclass(suppressWarnings(lavCor(shuffled(),ordered=names(x),missing="pairwise",output="cor"))); c(eigen(R,symmetric=TRUE,only.values=TRUE)$values,reduced(R)) }); d<-t(d); p<-ncol(x)
 R<-unclass(suppressWarnings(lavCor(x,ordered=names(x),missing="pairwise",output="cor")))
 put(paste0(n,"__parallel_polychoric"),n,"set.seed(12); each column's answers permuted among those who gave one; lavaan::lavCor(ordered, missing='pairwise'); psych::smc",list(fa_values=reduced(R),pc_values=eigen(R)$values,permuted=list(components=told(d[,1:p]),factors=told(d[,p+1:p])))) }
